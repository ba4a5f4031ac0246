//! Both agents as agent tests.

use checkagent::{Answer, World, agent_test};

use crate::{Outcome, Report, careful as careful_agent, naive as naive_agent};

#[agent_test(layer = "replay", cassette = "cassettes/naive.json",
    upstream(records = "http://127.0.0.1:8888/v1"),
    // This agent is wrong on purpose. A tolerated failure needs a reason, and is an error once it is gone.
    expect(
        rate_limit = runaway("does not read Retry-After"),
        reply_lost = duplicate_effect("repeats a POST without looking whether it was done"),
        expired_page_token = silently_wrong("goes on with the pages that it has"),
        partial_success = silently_wrong("does not look at the items of a batch"),
        "*@2:data.amount" = silently_wrong("takes a missing amount for 0"),
        "*@2:data.region" = silently_wrong("takes a missing region for `unknown`"),
        "corrupt_value@2:data.2.amount" = silently_wrong("believes any amount"),
        "corrupt_value@2:data.2.region" = silently_wrong("believes any region"),
    )
)]
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
