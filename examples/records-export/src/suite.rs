//! Both agents as agent tests.

use checkagent::{Answer, World, agent_test};

use crate::{Outcome, Report, careful as careful_agent, naive as naive_agent};

#[agent_test(layer = "replay", cassette = "cassettes/naive.json",
    upstream(records = "http://127.0.0.1:8888/v1"),
    // This agent is wrong on purpose. A tolerated failure needs a reason, and is an error once it is gone.
    expect(
        rate_limit = runaway("does not read Retry-After"),
        // Waits that only the clients of certain vendors can read; here it gives up.
        "rate_limit@*:epoch_seconds" = admitted,
        "rate_limit@*:proto_duration" = admitted,
        "quota_hard@6" = runaway("does not read Retry-After"),
        reply_lost = duplicate_effect("repeats a POST without looking whether it was done"),
        late_reply = duplicate_effect("repeats a POST without looking whether it was done"),
        error_in_200 = silently_wrong("takes every status of 200 for a success"),
        "auth_expired@*:missing_scope" = silently_wrong("takes every status of 200 for a success"),
        "accepted_not_done@*:never" = silently_wrong("takes every status below 300 for a success"),
        "truncated_body@*:eof" = silently_wrong("takes a page that it cannot read for the last one"),
        "truncated_body@6:eof" = unaffected,
        "corrupted_encoding@*:latin_1" = silently_wrong("takes a page that it cannot read for the last one"),
        expired_page_token = silently_wrong("goes on with the pages that it has"),
        endpoint_gone = silently_wrong("goes on with the pages that it has"),
        "endpoint_gone@6" = admitted,
        empty_page = silently_wrong("takes an empty page for the last one"),
        duplicate_item = silently_wrong("counts an item twice that comes twice"),
        duplicate_reply = silently_wrong("counts a page twice that comes twice"),
        cursor_loop = runaway("follows the same token for ever"),
        partial_success = silently_wrong("does not look at the items of a batch"),
        "*@2:data.amount" = silently_wrong("takes a missing amount for 0"),
        "*@2:data.amount:number_to_text" = silently_wrong("takes a missing amount for 0"),
        "*@2:data.amount:pascal" = silently_wrong("takes a missing amount for 0"),
        "*@2:data.region" = silently_wrong("takes a missing region for `unknown`"),
        "*@2:data.region:scalar_to_list" = silently_wrong("takes a missing region for `unknown`"),
        "*@2:data.region:pascal" = silently_wrong("takes a missing region for `unknown`"),
        "partial_object@2:data" = silently_wrong("takes a missing amount for 0"),
        "corrupt_value@2:data.2.amount" = silently_wrong("believes any amount"),
        "*@2:data.2.region" = silently_wrong("believes any region"),
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
