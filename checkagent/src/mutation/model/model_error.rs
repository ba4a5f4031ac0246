//! The provider fails before it says anything.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::Failure;

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// The provider's own error in front of a request to a model. See [`model_error`].
#[derive(Clone, Debug)]
pub struct ModelError;

/// The provider of the model answers once with an error in the envelope of its own wire: too many requests (429), a mistake
/// of its own (500), too many users (503, Anthropic 529). Nothing was said, and a retry gets through.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, model_error};
///
/// assert_eq!(model_error().id(), "model_error");
/// ```
#[must_use]
pub fn model_error() -> ModelError {
    ModelError
}

impl Operator for ModelError {
    fn id(&self) -> &'static str {
        "model_error"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The provider of the model answers once with an error of its own wire: limited, failed or overloaded.",
            seen: "every provider; elevated errors are 53 % of the status incidents of two of them",
            source: "openai/codex#88, node-chatgpt-api#34, anthropic-sdk-python, Helicone#4678, Roo-Code#3883, gemini-cli#5191; atlarge-research/llm-service-analysis",
            sites: "every request to a model that was answered",
            good: "asks again, not without end, and says so if no model answers",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = recording.model_exchanges().iter();
        let known = exchanges.filter(|exchange| exchange.wire.fails(Failure::Internal).is_some());
        // Another failure at each request comes first, so that few cases show all of them.
        let sites = known.enumerate().flat_map(|(position, exchange)| {
            let ranked = |(index, (variant, _)): (usize, &(&'static str, Failure))| {
                let first = index == position % FAILURES.len();
                Site::at(exchange.number).variant(variant).rank(if first { 90 } else { 50 })
            };
            FAILURES.iter().enumerate().map(ranked).collect::<Vec<_>>()
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let failure = FAILURES.iter().find(|(name, _)| Some(*name) == site.variant).map(|(_, failure)| *failure);
        let exchange = recording.model_exchange(site.interaction);
        let reply = failure.and_then(|failure| exchange?.wire.fails(failure));
        reply.map_or(Bend::All(Vec::new()), |reply| Bend::Fault {
            at: site.interaction,
            fault: Fault::Reply(reply),
            times: 1,
        })
    }
}

const FAILURES: [(&str, Failure); 3] =
    [("overloaded", Failure::Overloaded), ("limited", Failure::RateLimited), ("internal", Failure::Internal)];

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::Wire;

    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_request_to_a_model_may_fail_in_three_ways() {
        for (wire, form) in FORMS {
            let mut found = sites(&model_error(), wire, form);
            found.sort_unstable();
            let expected = ["1:internal", "1:limited", "1:overloaded", "3:internal", "3:limited", "3:overloaded"];
            assert_eq!(found, expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_error_has_the_envelope_of_its_wire_and_a_retry_gets_through() {
        for (wire, form, site, reply) in all_bent(model_error) {
            let expected = match (site.variant.unwrap_or_default(), wire) {
                ("limited", _) => 429,
                ("internal", _) => 500,
                (_, Wire::Anthropic) => 529,
                _ => 503,
            };
            assert_eq!(reply.status, expected, "{wire:?} {form:?} {site}");
            assert!(reply.body().json().unwrap()["error"]["message"].is_string());
        }
        assert_a_retry_gets_through(model_error);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&model_error());
    }
}
