//! Operators made of a closure.

use checkagent_cassette::Interaction;

use super::bend::Bend;
use super::operator::{Family, Operator, Truth};
use super::site::{Lie, Site};
use crate::recording::Recording;

/// An operator made of a closure. See [`custom`].
#[derive(Clone, Debug)]
pub struct Custom<F> {
    id: &'static str,
    truth: Truth,
    lie: Lie,
    bend: F,
}

/// An operator of one's own, for what needs no type: a closure that says of an interaction how it is bent, if it is.
///
/// The world is taken to be as recorded, and the fault to be no lie; see [`Custom::truth`] and [`Custom::lie`]. What
/// needs several sites in one interaction, generated values or follow-ups implements [`Operator`].
///
/// # Examples
///
/// Every read answers 410 once:
///
/// ```
/// use checkagent::mutation::{Bend, Fault, custom};
///
/// let gone = custom("gone", |interaction| {
///     let fault = Fault::status(410, r#"{"error":"gone"}"#);
///     interaction.request.label().starts_with("GET ").then(|| Bend::Fault { at: interaction.number, fault, times: 1 })
/// });
/// ```
///
/// Prices without a currency, which a careful client could notice:
///
/// ```
/// use checkagent::cassette::json::{Edit, Pointer};
/// use checkagent::mutation::{Bend, Lie, Rewrite, Scope, custom};
///
/// let bare = custom("bare_price", |interaction| {
///     let at = Pointer::parse("/price/currency");
///     let document = interaction.reply.json()?;
///     at.resolve(&document).first()?;
///     let rewrite = Rewrite::edit(Edit::Remove { at });
///     Some(Bend::Rewrite { at: interaction.number, scope: Scope::Interaction, rewrite })
/// })
/// .lie(Lie::Evident("a price always has a currency".to_owned()));
/// ```
pub fn custom<F>(id: &'static str, bend: F) -> Custom<F>
where
    F: Fn(&Interaction) -> Option<Bend> + Send + Sync + 'static,
{
    Custom { id, truth: Truth::Masked, lie: Lie::None, bend }
}

impl<F> Custom<F> {
    /// Whether the world is as recorded, or really differs.
    #[must_use]
    pub fn truth(mut self, truth: Truth) -> Self {
        self.truth = truth;
        self
    }

    /// Whether a careful client could know that the reply lies.
    #[must_use]
    pub fn lie(mut self, lie: Lie) -> Self {
        self.lie = lie;
        self
    }
}

impl<F> Operator for Custom<F>
where
    F: Fn(&Interaction) -> Option<Bend> + Send + Sync + 'static,
{
    fn id(&self) -> &'static str {
        self.id
    }

    fn family(&self) -> Family {
        Family::Custom
    }

    fn truth(&self) -> Truth {
        self.truth
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let bent = recording.interactions().iter().filter(|interaction| (self.bend)(interaction).is_some());
        bent.map(|interaction| Site::at(interaction.number).lie(self.lie.clone())).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        (self.bend)(recording.interaction(site.interaction)).unwrap_or_else(|| Bend::All(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{delivered, recording};
    use crate::mutation::Fault;

    #[test]
    fn a_closure_is_an_operator() {
        let exchanges = [
            ("POST", "/a", json!({}), json!({})),
            ("GET", "/a", Value::Null, json!({})),
            ("GET", "/b", Value::Null, json!({})),
        ];
        let gone = || {
            custom("gone", |interaction| {
                let fault = Fault::status(410, "{}");
                let is_read = interaction.request.label().starts_with("GET ");
                is_read.then_some(Bend::Fault { at: interaction.number, fault, times: 1 })
            })
        };
        let recording = recording(&exchanges);
        let sites: Vec<_> = gone().sites(&recording).iter().map(|site| site.interaction).collect();
        assert_eq!(sites, [2, 3]);
        let ledger = delivered(&recording, gone);
        assert_eq!(ledger.bent_calls().count(), 1);
        assert!(gone().sites(&crate::fixture::recording(&exchanges[..1])).is_empty());
    }
}
