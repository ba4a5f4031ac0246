//! Storing each summary once, and finding out what is stored.

use std::time::Duration;

use super::api::{Crm, Failure};
use super::batch::{self, Answer};
use super::listing::{self, Records};
use super::wait;
use crate::crm::SUMMARIES;
use crate::outcome::{Call, Setback, Trouble};
use crate::records::Summary;

/// Creates the summaries, in this order, until the server has confirmed or refused each.
///
/// Summaries that the server was too busy for are sent again alone. Where the fate of some is unknown,
/// what is stored is read before anything is sent again.
pub(super) async fn create(crm: &Crm, wanted: &[Summary]) -> Result<(), Trouble> {
    let mut pending: Vec<&Summary> = wanted.iter().collect();
    let mut refused = Vec::new();
    let mut attempt = 1;
    while !pending.is_empty() {
        let round = send(crm, &pending).await?;
        let mut again = Vec::new();
        for (summary, answer) in pending.iter().zip(&round.answers) {
            match answer {
                Answer::Stored => {}
                Answer::Busy { .. } | Answer::Unclear => again.push(*summary),
                Answer::Refused(status) => refused.push(format!("{} ({status})", summary.region)),
            }
        }
        pending = again;
        if pending.is_empty() {
            break;
        }
        crm.pause(Call::Batch, attempt, round.asked).await?;
        if round.answers.contains(&Answer::Unclear) {
            let stored = read_back(crm).await?;
            pending.retain(|summary| !stored.has(summary));
        }
        if attempt == wait::ATTEMPTS && !pending.is_empty() {
            let last = round.setback;
            return Err(Trouble::GaveUp { call: Call::Batch, attempts: attempt, last });
        }
        attempt += 1;
    }
    if refused.is_empty() { Ok(()) } else { Err(Trouble::ItemsRefused(refused)) }
}

/// What one batch request brought.
struct Round {
    answers: Vec<Answer>,
    asked: Option<Duration>,
    setback: Setback,
}

async fn send(crm: &Crm, pending: &[&Summary]) -> Result<Round, Trouble> {
    match crm.batch(&batch::request(pending)).await {
        Ok(reply) => {
            let answers = batch::answers(&reply.granted(Call::Batch)?.body, pending);
            let mut round = Round { answers, asked: None, setback: Setback::Unreadable };
            for answer in &round.answers {
                if let Answer::Busy { status, asked } = *answer {
                    round.asked = round.asked.max(asked);
                    round.setback = Setback::Busy(status);
                }
            }
            Ok(round)
        }
        Err(Failure { setback, asked }) => {
            let answer = match setback {
                // Turned away at the door: nothing of it was done.
                Setback::Busy(429) => Answer::Busy { status: 429, asked },
                _ => Answer::Unclear,
            };
            Ok(Round { answers: vec![answer; pending.len()], asked, setback })
        }
    }
}

/// The summaries on the server.
pub(super) struct Stored(Records);

/// Reads all summaries that are stored.
pub(super) async fn read_back(crm: &Crm) -> Result<Stored, Trouble> {
    let path = format!("{SUMMARIES}?_sort=region");
    Ok(Stored(listing::read(crm, &path, Call::SummaryPage).await?))
}

impl Stored {
    /// Whether there is a summary of this region, whatever it says.
    fn has(&self, summary: &Summary) -> bool {
        self.0.contains_key(&batch::id(&summary.region))
    }

    /// Whether there is exactly this summary.
    pub(super) fn holds(&self, summary: &Summary) -> bool {
        let record = self.0.get(&batch::id(&summary.region));
        record.is_some_and(|record| batch::shows(record, summary))
    }

    /// Where this is not what was wanted: each summary as it was computed, and no other.
    pub(super) fn differences(&self, wanted: &[Summary]) -> Vec<String> {
        let mut differences = Vec::new();
        for summary in wanted.iter().filter(|summary| !self.holds(summary)) {
            let problem = if self.has(summary) { "has other content" } else { "is missing" };
            differences.push(format!("{} {problem}", summary.region));
        }
        let ids: Vec<String> = wanted.iter().map(|summary| batch::id(&summary.region)).collect();
        for id in self.0.keys().filter(|id| !ids.contains(id)) {
            differences.push(format!("{id} is not from this export"));
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(records: &[serde_json::Value]) -> Stored {
        let id = |record: &serde_json::Value| record["id"].as_str().unwrap().to_owned();
        Stored(records.iter().map(|record| (id(record), record.clone())).collect())
    }

    #[test]
    fn all_ways_to_differ_are_named() {
        let wanted =
            ["EU-N", "EU-S", "US-E"].map(|region| Summary { region: region.to_owned(), customers: 7, amount: 100 });
        let stored = stored(&[
            json!({"id": "summary-eu-n", "region": "EU-N", "customers": 7, "amount": 100}),
            json!({"id": "summary-eu-s", "region": "EU-S", "customers": 6, "amount": 100}),
            json!({"id": "summary-old", "region": "EU-N", "customers": 7, "amount": 100}),
        ]);
        assert_eq!(
            stored.differences(&wanted),
            ["EU-S has other content", "US-E is missing", "summary-old is not from this export",]
        );
    }
}
