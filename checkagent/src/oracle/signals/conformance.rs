//! Whether replies look as the recording says that they do.

use checkagent_cassette::analysis::{Kind, Observed};

use super::ratio::Ratio;
use crate::ledger::{Change, ErrorClass, Ledger, Outcome};
use crate::recording::Recording;

/// Replies that fit the schema which the recording shows, of all that were served and are no errors.
///
/// A member that stood in every recorded object may not be missing, and a value has one of the types that were seen at
/// its place. New members fit. What was recorded fits.
pub(super) fn conformance(ledger: &Ledger, recording: &Recording) -> Ratio {
    let mut fitting = Ratio::default();
    for call in &ledger.calls {
        let Outcome::Served { interaction, bent, .. } = &call.outcome else { continue };
        match call.failed {
            None => fitting.count(fits(*interaction, bent, recording)),
            Some(ErrorClass::Malformed) => fitting.count(false),
            Some(_) => {}
        }
    }
    fitting
}

fn fits(number: usize, bent: &[Change], recording: &Recording) -> bool {
    let known = (1..=recording.interactions().len()).contains(&number);
    let observed = || recording.observed(recording.endpoint(number));
    bent.is_empty() || !known || observed().is_none_or(|observed| bent.iter().all(|change| allows(observed, change)))
}

fn allows(observed: &Observed, change: &Change) -> bool {
    let Change::Value(difference) = change else { return true };
    let at = &difference.at;
    let Some(field) = observed.field(at) else { return true };
    match &difference.right {
        None => at.split_last().is_none_or(|(container, _)| field.seen() < observed.objects(&container)),
        Some(value) => {
            let kind = Kind::of(value);
            // JSON has one type of numbers.
            field.kinds().iter().any(|seen| *seen == kind || (seen.is_number() && kind.is_number()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use checkagent_cassette::analysis::Difference;
    use checkagent_cassette::json::Pointer;

    use super::*;
    use crate::fixture::recording;
    use crate::ledger::Call;

    fn change(at: &str, right: Option<Value>) -> Change {
        Change::Value(Difference { at: Pointer::parse(at), left: None, right })
    }

    fn served(interaction: usize, bent: Vec<Change>) -> Call {
        Call::new("api", "GET /a", Outcome::Served { interaction, repeated: false, bent })
    }

    fn ratio(calls: Vec<Call>) -> Ratio {
        let reply = json!({"items": [{"id": 1, "n": 1.5, "note": "x"}, {"id": 2, "n": 2, "note": null}, {"id": 3}]});
        let recording = recording(&[("GET", "/a", Value::Null, reply)]);
        conformance(&Ledger { calls, ..Ledger::default() }, &recording)
    }

    fn fits(at: &str, right: Option<Value>) -> bool {
        ratio(vec![served(1, vec![change(at, right)])]) == Ratio::new(1, 1)
    }

    #[test]
    fn what_was_always_there_may_not_be_missing() {
        assert!(!fits("/items/0/id", None));
        assert!(fits("/items/0/n", None) && fits("/items/0/note", None));
        assert!(!fits("/items", None));
    }

    #[test]
    fn a_value_has_a_type_that_was_seen() {
        assert!(fits("/items/0/id", Some(json!(7))) && fits("/items/0/id", Some(json!(7.5))));
        assert!(!fits("/items/0/id", Some(json!("7"))) && !fits("/items/0/id", Some(json!(null))));
        assert!(fits("/items/0/note", Some(json!(null))) && !fits("/items/0/note", Some(json!([]))));
        assert!(fits("/items/0/new", Some(json!([]))));
    }

    #[test]
    fn replies_are_counted_and_errors_are_left_out() {
        let failed = |class| Call { failed: Some(class), ..served(1, vec![Change::Late { by_ms: 1 }]) };
        let calls = vec![
            served(1, vec![]),
            served(1, vec![Change::Late { by_ms: 1 }]),
            served(1, vec![change("/items/0/new", Some(json!(1))), change("/items/0/id", None)]),
            failed(ErrorClass::Malformed),
            failed(ErrorClass::InBand),
            failed(ErrorClass::Server),
            Call::new("api", "GET /a", Outcome::Indulged),
        ];
        assert_eq!(ratio(calls), Ratio::new(2, 4));
    }

    #[test]
    fn what_is_not_in_the_recording_cannot_contradict_it() {
        assert_eq!(ratio(vec![served(9, vec![change("/items/0/id", None)])]), Ratio::new(1, 1));
        assert_eq!(ratio(vec![served(0, vec![change("/items/0/id", None)])]), Ratio::new(1, 1));
        assert_eq!(ratio(vec![]), Ratio::new(0, 0));
    }
}
