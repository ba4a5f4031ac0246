//! A list comes back empty.

use serde_json::json;

use checkagent_cassette::json::Edit;

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{Recording, name_of};

/// A list reply without its items. See [`empty_list`].
#[derive(Clone, Debug)]
pub struct EmptyList;

/// A read that brought a list brings an empty one; everything else of the reply stays, also the token of the next
/// page, which makes it an empty page in the middle (legal, see AIP-158).
///
/// Evident where a count elsewhere in the recording contradicts it, else plausible.
#[must_use]
pub fn empty_list() -> EmptyList {
    EmptyList
}

impl Operator for EmptyList {
    fn id(&self) -> &'static str {
        "empty_list"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A list comes back empty; everything else of the reply stays.",
            seen: "search indexes that lag behind, filters that were applied twice, permissions that were taken away",
            source: "aip.dev/158: a page may be empty although there are more",
            sites: "every read that brought a list",
            good: "does not report `nothing there` where a count or a token says otherwise",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let lists = recording.lists();
        let reads = recording
            .interactions()
            .iter()
            .filter(|interaction| !recording.asks_for_effect(interaction.number) && interaction.reply.is_success())
            .filter(|interaction| !recording.asks_a_model(interaction.number));
        reads
            .filter_map(|interaction| {
                let reply = lists.reply(interaction.number);
                let (place, length) = reply.main.as_ref()?;
                let own = reply.counts().find(|(_, count)| count == length);
                let own =
                    own.map(|(place, count)| format!("`{}` beside it says that there are {count}", name_of(place)));
                let lie =
                    Lie::evident_if(lists.told(recording, interaction.number, lists.total(interaction.number)).or(own));
                Some(Site::at(interaction.number).pointer(place.clone()).lie(lie).rank(70))
            })
            .collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let rewrite = Rewrite::edit(Edit::Set { at, value: json!([]) });
        Bend::Rewrite { at: site.interaction, scope: Scope::Interaction, rewrite }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::fixture::{Session, delivered, recording};

    #[test]
    fn a_list_comes_back_empty_and_the_rest_of_the_reply_stays() {
        let recording = recording(&[("GET", "/a", Value::Null, json!({"data": [{"n": 1}], "next": "t"}))]);
        assert_eq!(Session::first(&recording, empty_list()).get("/a"), json!({"data": [], "next": "t"}));
        assert_eq!(delivered(&recording, empty_list).bent_calls().count(), 1);
    }

    #[test]
    fn it_is_evident_where_a_count_says_otherwise() {
        let page = |n: u32, count: Value| {
            let target = if n == 1 { "/a?p=1" } else { "/a?p=2" };
            ("GET", target, Value::Null, json!({"data": [{"n": n}], "meta": count}))
        };
        let with = recording(&[page(1, json!({})), page(2, json!({"total": 2}))]);
        let without = recording(&[page(1, json!({})), page(2, json!({}))]);
        assert_eq!(
            empty_list().sites(&with)[0].lie,
            Lie::Evident("`total` of interaction 2 says that there are 2".to_owned())
        );
        assert!(empty_list().sites(&without).iter().all(|site| matches!(site.lie, Lie::Plausible(_))));
    }

    #[test]
    fn an_effect_and_a_reply_without_a_list_are_left_alone() {
        let none = recording(&[("POST", "/a", json!({}), json!([1])), ("GET", "/a", Value::Null, json!({"n": 1}))]);
        assert!(empty_list().sites(&none).is_empty());
    }
}
