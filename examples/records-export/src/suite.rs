//! Both agents as agent tests.

use checkagent::{Answer, World, agent_test};

use crate::{Outcome, Report, careful as careful_agent, naive as naive_agent};

#[agent_test(layer = "replay", cassette = "cassettes/naive.json", upstream(records = "http://127.0.0.1:8888/v1"))]
async fn naive(world: World) -> Result<Report, naive_agent::NaiveError> {
    naive_agent::export(&world.http("records")).await
}

#[agent_test(layer = "replay", cassette = "cassettes/careful.json", upstream(records = "http://127.0.0.1:8888/v1"))]
async fn careful(world: World) -> Answer {
    match careful_agent::export(&world.http("records")).await {
        Outcome::Done(report) => Answer::done(report),
        Outcome::Partial(report, trouble) => Answer::partial(report, trouble),
        Outcome::Failed(trouble) => Answer::error(trouble),
    }
}
