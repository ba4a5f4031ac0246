//! Records: objects that can be recognised wherever they are shown.

use serde_json::{Map, Value};

/// The scalars of an object.
pub(crate) type Record = Map<String, Value>;

/// Fewer scalars (`{"status": "ok"}`) are recognised everywhere.
const LEAST: usize = 2;

/// Every object of a document with at least two scalars.
pub(crate) fn records(document: &Value) -> Vec<Record> {
    let mut found = Vec::new();
    collect(document, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<Record>) {
    match value {
        Value::Object(members) => {
            let record = scalars(members);
            if record.len() >= LEAST {
                found.push(record);
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// The members of an object that are no containers.
pub(crate) fn scalars(members: &Map<String, Value>) -> Record {
    let scalar = |(_, member): &(&String, &Value)| match member {
        Value::Object(typed) => is_typed(typed),
        other => !other.is_array(),
    };
    members.iter().filter(scalar).map(|(name, member)| (name.clone(), member.clone())).collect()
}

/// A scalar of `DynamoDB`: `{"S": "text"}`, `{"N": "5"}`.
fn is_typed(members: &Map<String, Value>) -> bool {
    members.len() == 1 && ["S", "N", "B", "BOOL"].iter().any(|kind| members.contains_key(*kind))
}

/// Whether an object shows a record, perhaps with more members.
pub(crate) fn shows(members: &Map<String, Value>, record: &Record) -> bool {
    record.iter().all(|(name, value)| members.get(name) == Some(value))
}

/// What tells one record from another.
pub(super) fn name_of(record: &Record) -> String {
    let mut members: Vec<_> = record.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
    members.sort();
    members.join(",")
}
