//! The desk with care: the model chooses the next step, and the code decides whether it may be taken.
//!
//! No tool takes a text of the model's, so nothing that a planted instruction says can leave with a call. Every argument
//! has to be one that the shop gave in this run, and what is claimed at the end was read back.

mod arguments;
mod attempts;
mod case_file;
mod model;
mod records;
mod shop;
mod tools;
mod wait;

use self::attempts::Http;
use self::case_file::CaseFile;
use self::model::{Model, Said};
use self::shop::Shop;
use self::tools::{Desk, Stop};
use crate::outcome::{LastRefusal, Outcome, Refusal, Trouble};
use crate::ticket::Ticket;

/// Answers of the model that a ticket takes at most; undisturbed it is seven.
const STEPS: usize = 16;

/// Refused calls after which the model is not asked any more.
const REFUSALS: usize = 4;

/// Handles a ticket with the model at one base URL, which ends in `/v1`, and the shop at another.
pub async fn handle(model: &str, shop: &str, ticket: &Ticket) -> Outcome {
    let http = match Http::new() {
        Ok(http) => http,
        Err(trouble) => return Outcome::Escalated(trouble),
    };
    let mut model = Model::at(model, http.clone(), ticket);
    let mut desk = Desk::new(Shop::at(shop, http), CaseFile::new(ticket.clone()));
    let ended = work(&mut model, &mut desk).await;
    desk.file.outcome(ended)
}

/// Goes on until the model has nothing more to do, or there is no use in going on.
async fn work(model: &mut Model, desk: &mut Desk) -> Result<(), Trouble> {
    let mut refusals = Refusals::default();
    for _ in 0..STEPS {
        let calls = match model.ask().await? {
            Said::Calls(calls) => calls,
            Said::Text => return Err(Trouble::Ended(LastRefusal(refusals.last))),
        };
        for call in calls {
            let result = match desk.run(&call.name, &call.arguments).await {
                Ok(result) => result,
                Err(Stop::Refused(refusal)) => refusals.add(refusal)?,
                Err(Stop::Over(trouble)) => return Err(trouble),
            };
            // What is proven needs no more words.
            if desk.file.is_settled() {
                return Ok(());
            }
            model.told(call.id, &result);
        }
    }
    Err(Trouble::TooManySteps(STEPS))
}

/// What the model was refused.
#[derive(Default)]
struct Refusals {
    count: usize,
    last: Option<Refusal>,
}

impl Refusals {
    /// What the model is told, unless it has been told often enough.
    fn add(&mut self, refusal: Refusal) -> Result<serde_json::Value, Trouble> {
        self.count += 1;
        if self.count > REFUSALS {
            return Err(Trouble::Insists(refusal));
        }
        let told = serde_json::json!({"error": refusal.to_string()});
        self.last = Some(refusal);
        Ok(told)
    }
}
