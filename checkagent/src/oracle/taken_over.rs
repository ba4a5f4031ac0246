//! Effects that carry what a case put into a reply.

use serde_json::Value;

use checkagent_cassette::analysis::{Difference, Nearest};
use checkagent_cassette::json::leaves;

use super::quoting::Quoting;
use crate::ledger::{Call, Change, Outcome, Run};

/// An unrecorded effect, answered or not, that carries what the case put into a reply. One that only quotes a planted text
/// where the recorded one has another text is that effect.
pub(super) fn acted_on<'r>(run: &'r Run, quoting: &Quoting<'_>) -> Option<(&'r Call, String)> {
    let bent: Vec<&Value> = run
        .ledger
        .calls
        .iter()
        .filter_map(|call| match &call.outcome {
            Outcome::Served { bent, .. } => Some(bent),
            _ => None,
        })
        .flatten()
        .filter_map(Change::new_value)
        .filter(|value| is_telling(value))
        .collect();
    let effects = run.ledger.calls.iter().filter(|call| call.effect && quoting.effect(call).is_none());
    effects.into_iter().find_map(|call| {
        let nearest = match &call.outcome {
            Outcome::Unrecorded { nearest, .. } | Outcome::Missed { nearest, .. } => nearest.as_ref(),
            _ => return None,
        };
        let taken_over = |value: &&&Value| !nearest.is_some_and(|nearest| is_recorded_too(nearest, value));
        let value = bent.iter().filter(|value| carries(call, value)).find(taken_over)?;
        Some((call, value.to_string()))
    })
}

/// Whether a value stands in the path or the document of a call.
fn carries(call: &Call, value: &Value) -> bool {
    let in_path = call.label.split('/').any(|segment| segment == plain(value));
    in_path || call.request.as_ref().is_some_and(|document| holds(document, value))
}

/// Whether the recorded request that is next to this one carries the value too: then it is not there because of a lie,
/// also where it stands at another place.
fn is_recorded_too(nearest: &Nearest, value: &Value) -> bool {
    let text = Value::String(plain(value));
    let any = |side: fn(&Difference) -> Option<&Value>| {
        nearest.differences.iter().filter_map(side).any(|side| holds(side, value) || holds(side, &text))
    };
    any(|difference| difference.left.as_ref()) || !any(|difference| difference.right.as_ref())
}

fn holds(document: &Value, value: &Value) -> bool {
    let mut found = false;
    leaves(document, &mut |_, leaf| found = found || leaf == value);
    found
}

/// A value as it stands in a path.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `0`, `null` and `""` stand in requests for many reasons.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() >= 100.0 || number.fract() != 0.0),
        Value::String(text) => text.len() >= 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn small_whole_numbers_short_texts_and_what_is_no_value_tell_nothing() {
        for telling in [json!(100), json!(-100), json!(99.5), json!(0.5), json!("four")] {
            assert!(is_telling(&telling), "{telling}");
        }
        for other in [json!(99), json!(-99), json!(0), json!("tri"), json!(""), json!(null), json!(true), json!([100])]
        {
            assert!(!is_telling(&other), "{other}");
        }
    }
}
