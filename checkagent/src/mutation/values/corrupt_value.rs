//! A value is not what it should be.

use serde_json::Value;

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer};

use super::strategy::{Values, strategies};
use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A corrupted value in one item of a reply. See [`corrupt_value`].
#[derive(Clone, Debug)]
pub struct CorruptValue {
    tries: Option<usize>,
}

/// One value of one reply is corrupted: a negative amount, an empty name, a date that is none, an unknown plan.
///
/// The values come from a proptest strategy that is chosen by what was observed of the field. A case tries several; a
/// failing one is shrunk and kept as a value.
#[must_use]
pub fn corrupt_value() -> CorruptValue {
    CorruptValue { tries: None }
}

impl CorruptValue {
    /// How many values are tried in one case; 8 if it is not said.
    #[must_use]
    pub fn tries(mut self, tries: usize) -> Self {
        self.tries = Some(tries);
        self
    }
}

impl Operator for CorruptValue {
    fn id(&self) -> &'static str {
        "corrupt_value"
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "One value of one reply is corrupted: a negative amount, an empty name, a date that is none.",
            seen: "imports, migrations, and forms without checks",
            source: "HotOS 2019: data formats are the largest class of bug incidents of a large cloud",
            sites: "fields of replies, the most influential ones first; 64 values in one case",
            good: "checks what it reads against what it knows, and names what it cannot believe",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = recording.fields().iter().filter_map(|field| {
            let (place, value) = &field.example;
            let (_, lie) = corruption(recording.observed(&field.endpoint)?, place, value)?;
            Some(Site::at(field.interaction).pointer(place.clone()).lie(lie).rank(field.rank))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let value = site.value.clone().unwrap_or_default();
        let rewrite = Rewrite::edit(Edit::Set { at, value });
        Bend::Rewrite { at: site.interaction, scope: Scope::Interaction, rewrite }
    }

    fn values(&self, site: &Site, recording: &Recording) -> Option<Values> {
        let place = site.pointer.as_ref()?;
        let reply = recording.interaction(site.interaction).reply.json()?;
        let (_, value) = place.resolve(&reply).into_iter().next()?;
        let observed = recording.observed(recording.endpoint(site.interaction))?;
        let (values, _) = corruption(observed, place, value)?;
        Some(match self.tries {
            Some(tries) => values.tries(tries),
            None => values,
        })
    }
}

/// Values that break what was observed; where nothing was, values that could be true.
fn corruption(observed: &Observed, place: &Pointer, value: &Value) -> Option<(Values, Lie)> {
    let candidates: Vec<(Value, Values)> = match value {
        Value::Number(_) => vec![
            (Value::from(0), strategies::not_positive()),
            (Value::from(-1), strategies::negative()),
            (Value::from(1.5), strategies::fractions()),
        ],
        Value::String(_) => {
            vec![(Value::from("?abc"), strategies::words()), (Value::from(""), strategies::empty())]
        }
        _ => return None,
    };
    for (example, values) in candidates {
        if let Some(reason) = observed.against(place, &example) {
            return Some((values, Lie::Evident(reason)));
        }
    }
    let plausible = || Lie::Plausible("such a value could be true".to_owned());
    match value {
        Value::Number(number) => Some((strategies::other_integers(number.as_i64()?), plausible())),
        _ => Some((strategies::words(), plausible())),
    }
}
