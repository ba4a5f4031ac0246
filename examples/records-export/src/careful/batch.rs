//! The batch request that creates summaries, and what the reply says of each.
//!
//! The id of a summary follows from its region, and it is only ever created, never overwritten. So a
//! batch whose fate is unknown can be sent again.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::api::may_pass;
use super::wait;
use crate::crm::SUMMARIES;
use crate::records::Summary;

/// What the reply says of one summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was created as sent, or there already is one.
    Stored,
    /// Not now; perhaps after the wait that was asked for.
    Busy { status: u16, asked: Option<Duration> },
    /// No, and asking again will not help.
    Refused(u16),
    /// It cannot be told whether it is stored.
    Unclear,
}

/// The id under which the summary of a region is stored.
pub(super) fn id(region: &str) -> String {
    format!("summary-{}", region.to_ascii_lowercase())
}

/// The request that creates these summaries, in this order.
pub(super) fn request(summaries: &[&Summary]) -> Value {
    let requests: Vec<Value> = summaries
        .iter()
        .map(|summary| {
            json!({
                "path": format!("{SUMMARIES}/{}", id(&summary.region)),
                "body": {"data": summary},
            })
        })
        .collect();
    json!({
        "defaults": {"method": "PUT", "headers": {"If-None-Match": "*"}},
        "requests": requests,
    })
}

/// One answer for each summary that was sent. The reply has them in the order of the request; one that
/// has more or fewer says nothing of any.
pub(super) fn answers(reply: &Value, sent: &[&Summary]) -> Vec<Answer> {
    match reply["responses"].as_array() {
        Some(items) if items.len() == sent.len() => {
            items.iter().zip(sent).map(|(item, summary)| answer(item, summary)).collect()
        }
        _ => vec![Answer::Unclear; sent.len()],
    }
}

fn answer(item: &Value, summary: &Summary) -> Answer {
    let Some(status) = item["status"].as_u64().and_then(|status| u16::try_from(status).ok()) else {
        return Answer::Unclear;
    };
    let retry_after = retry_after(item);
    match status {
        200 | 201 if shows(&item["body"]["data"], summary) => Answer::Stored,
        // Which one there already is, is seen when all are read back.
        412 => Answer::Stored,
        status if may_pass(status, retry_after.is_some()) => {
            Answer::Busy { status, asked: retry_after.and_then(|value| wait::asked_in(value, SystemTime::now)) }
        }
        400..=499 | 501 | 505 => Answer::Refused(status),
        _ => Answer::Unclear,
    }
}

/// The header `Retry-After` of one answer; in JSON its spelling matters to nobody but the parser.
fn retry_after(item: &Value) -> Option<&str> {
    let headers = item["headers"].as_object()?;
    let header = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    header?.1.as_str()
}

/// Whether a stored record is this summary.
pub(super) fn shows(record: &Value, summary: &Summary) -> bool {
    record["id"].as_str() == Some(&id(&summary.region))
        && record["region"].as_str() == Some(&summary.region)
        && record["customers"].as_u64() == Some(summary.customers)
        && record["amount"].as_i64() == Some(summary.amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(region: &str) -> Summary {
        Summary { region: region.to_owned(), customers: 7, amount: 2_461_900 }
    }

    fn created(summary: &Summary) -> Value {
        let mut data = serde_json::to_value(summary).unwrap();
        data["id"] = json!(id(&summary.region));
        json!({"status": 201, "body": {"data": data}})
    }

    #[test]
    fn each_summary_gets_the_answer_at_its_place() {
        let (north, south, east) = (summary("EU-N"), summary("EU-S"), summary("US-E"));
        let busy = json!({"status": 429, "headers": {"Retry-After": "7"}});
        let reply = json!({"responses": [created(&north), busy, {"status": 403}]});
        let seven = Some(Duration::from_secs(7));
        assert_eq!(
            answers(&reply, &[&north, &south, &east]),
            [Answer::Stored, Answer::Busy { status: 429, asked: seven }, Answer::Refused(403)]
        );
    }

    #[test]
    fn an_echo_that_differs_is_no_confirmation() {
        let north = summary("EU-N");
        let mut item = created(&north);
        item["body"]["data"]["amount"] = json!(0);
        assert_eq!(answer(&item, &north), Answer::Unclear);
        assert_eq!(answer(&created(&summary("EU-S")), &north), Answer::Unclear);
        assert_eq!(answer(&json!({"status": "201"}), &north), Answer::Unclear);
    }

    #[test]
    fn a_reply_of_another_length_says_nothing() {
        let (north, south) = (summary("EU-N"), summary("EU-S"));
        let reply = json!({"responses": [created(&north)]});
        assert_eq!(answers(&reply, &[&north, &south]), [Answer::Unclear; 2]);
        assert_eq!(answers(&Value::Null, &[&north]), [Answer::Unclear]);
    }
}
