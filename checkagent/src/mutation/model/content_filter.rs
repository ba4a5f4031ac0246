//! A filter stops the model.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Part, Stop, Wire};

use super::said::{half, only, rank, replaced, speaking};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A model that is not let speak. See [`content_filter`].
#[derive(Clone, Debug)]
pub struct ContentFilter;

/// A filter of the provider stops the model before its first word, or in the middle of its text, and the reason of the stop
/// says so: `content_filter` (OpenAI), `SAFETY` (Gemini). Asked once more, it is let speak.
#[must_use]
pub fn content_filter() -> ContentFilter {
    ContentFilter
}

impl Operator for ContentFilter {
    fn id(&self) -> &'static str {
        "content_filter"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A filter of the provider stops the model: at once, or in the middle of the text.",
            seen: "OpenAI, Azure, Gemini",
            source: "openai-python (finish reason `content_filter`, incomplete reason of Responses), python-genai (FinishReason.SAFETY)",
            sites: "every reply of OpenAI's wires and of Gemini",
            good: "does not take the rest for an answer; asks again or says that the reply was filtered",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let able = speaking(recording).filter(|(exchange, _)| exchange.wire != Wire::Anthropic);
        let lie = Lie::Evident("the reason of the stop is a filter".to_owned());
        let sites = able.flat_map(|(exchange, saying)| {
            let site = Site::at(exchange.number).lie(lie.clone()).rank(rank(saying));
            let in_text = half(&saying.text()).map(|_| site.clone().variant(IN_TEXT));
            [site.variant(AT_ONCE)].into_iter().chain(in_text)
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| {
            let text = saying.text();
            let said = half(&text).filter(|_| site.variant == Some(IN_TEXT));
            only(saying, said.map(Part::text).into_iter().collect(), Stop::Filtered);
        })
    }
}

const AT_ONCE: &str = "at_once";
const IN_TEXT: &str = "in_text";

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_reply_of_the_wires_that_know_filters_may_be_stopped() {
        for (wire, form) in FORMS {
            let all: &[&str] = &["1:at_once", "1:in_text", "3:at_once", "3:in_text"];
            let expected = if wire == Wire::Anthropic { &[] } else { all };
            assert_eq!(sites(&content_filter(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_reply_stops_where_the_site_says_and_comes_whole_when_asked_again() {
        for (wire, form, site, reply) in all_bent(content_filter) {
            let said = wire.saying(&reply).unwrap();
            assert_eq!(said.text().is_empty(), site.variant == Some(AT_ONCE), "{wire:?} {form:?} {site}");
            assert!(said.calls().next().is_none());
            assert_eq!(said.stop, Stop::Filtered, "{wire:?} {form:?} {site}");
        }
        assert_a_retry_gets_through(content_filter);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&content_filter());
    }
}
