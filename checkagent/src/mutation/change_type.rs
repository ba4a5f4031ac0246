//! A field of a reply gets another type.

use serde_json::{Value, json};

use checkagent_cassette::analysis::Kind;
use checkagent_cassette::json::Edit;

use super::bend::{Bend, Scope};
use super::fields;
use super::operator::{Family, Operator, Truth};
use super::site::{Lie, Site};
use crate::recording::Recording;

/// A field of another type, from the k-th reply on. See [`change_type`].
#[derive(Clone, Debug)]
pub struct ChangeType;

/// From the second reply of an endpoint on, a field has another type: a number becomes a string, a string a list, a
/// boolean a string.
#[must_use]
pub fn change_type() -> ChangeType {
    ChangeType
}

impl Operator for ChangeType {
    fn id(&self) -> &'static str {
        "change_type"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::sites(recording).into_iter().filter_map(|field| {
            let (_, value) = fields::value_at(recording, field.interaction, &field.pointer)?;
            let changed = changed(&value)?;
            let reason = recording.observed(&field.endpoint).and_then(|seen| seen.against(&field.pointer, &changed));
            Some(Site::at(field.interaction).pointer(field.pointer).lie(Lie::evident_if(reason)).rank(field.rank))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let (pointer, endpoint) = (site.pointer.clone().unwrap_or_default(), recording.endpoint(site.interaction));
        let reply = recording.interaction(site.interaction).reply.json().unwrap_or_default();
        let kind = pointer.resolve(&reply).first().map(|(_, value)| Kind::of(value));
        Bend::Rewrite {
            at: site.interaction,
            scope: Scope::EndpointFrom(endpoint.clone()),
            edits: vec![Edit::Convert { at: pointer, list: kind == Some(Kind::String) }],
        }
    }
}

fn changed(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) | Value::Bool(_) => Some(json!(value.to_string())),
        Value::String(_) => Some(json!([value])),
        _ => None,
    }
}
