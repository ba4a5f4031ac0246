//! A field of a reply gets another type.

use serde_json::{Value, json};

use checkagent_cassette::json::{Conversion, Edit};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
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

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field has another type.",
            seen: "Stripe: 26 % of the changes of replies that are no additions; GitHub: a list of addresses became a list of objects",
            source: "stripe-python CHANGELOG, 356 releases",
            sites: "fields of replies, the most influential ones first",
            good: "reads both forms, or stops; it does not add texts to numbers",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = recording.fields().iter().filter_map(|field| {
            let changed = changed(&field.example.1)?;
            let observed = recording.observed(&field.endpoint);
            let lie = Lie::evident_if(observed.and_then(|observed| observed.against(&field.pointer, &changed)));
            Some(Site::at(field.interaction).pointer(field.pointer.clone()).lie(lie).rank(field.rank))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let field = recording
            .fields()
            .iter()
            .find(|field| field.interaction == site.interaction && Some(&field.pointer) == site.pointer.as_ref());
        let list = field.is_some_and(|field| field.example.1.is_string());
        let to = if list { Conversion::List } else { Conversion::Text };
        fields::drift(site, recording, |at| Edit::Convert { at, to })
    }
}

fn changed(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) | Value::Bool(_) => Some(json!(value.to_string())),
        Value::String(_) => Some(json!([value])),
        _ => None,
    }
}
