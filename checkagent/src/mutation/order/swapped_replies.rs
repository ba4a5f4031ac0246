//! Two requests get each other's reply.

use std::collections::HashSet;

use super::mix_up::{betrays, followers, neighbours};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Replies that are mixed up. See [`swapped_replies`].
#[derive(Clone, Debug)]
pub struct SwappedReplies;

/// Two reads of one endpoint, one right after the other, get each other's reply, once: a connection whose replies are
/// one behind, a client that joins parallel requests and their replies in the wrong order.
///
/// Evident where the reply names what was asked for, else plausible.
#[must_use]
pub fn swapped_replies() -> SwappedReplies {
    SwappedReplies
}

impl Operator for SwappedReplies {
    fn id(&self) -> &'static str {
        "swapped_replies"
    }

    fn family(&self) -> Family {
        Family::Order
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "Two reads of one endpoint get each other's reply.",
            seen: "pooled connections after a request was cancelled: every reply belongs to the request before",
            source: "redis-py#2624 and #2665",
            sites: "two reads of one endpoint in a row, the second of which needs nothing from the first",
            good: "compares the id in the reply with the one that it asked for, and asks again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let pairs = neighbours(recording);
        let followers = if pairs.is_empty() { HashSet::new() } else { followers(recording) };
        let parallel = pairs.into_iter().filter(|(first, second)| {
            second.number == first.number + 1 && !followers.contains(&(first.number, second.number))
        });
        let mut sites: Vec<_> = parallel
            .map(|(first, second)| {
                let lie = Lie::evident_if(betrays(first, second).or_else(|| betrays(second, first)));
                let rank = if matches!(lie, Lie::Evident(_)) { 80 } else { 50 };
                Site::at(first.number).lie(lie).rank(rank)
            })
            .collect();
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let replace = |at: usize, by: usize| {
            let reply = recording.interactions().get(by - 1).map(|other| other.reply.clone());
            reply.map(|reply| Bend::Replace { at, reply, times: Some(1) })
        };
        let (first, second) = (site.interaction, site.interaction + 1);
        Bend::All([replace(first, second), replace(second, first)].into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording};

    fn customers() -> Arc<Recording> {
        let customer = |target, id: u32| ("GET", target, Value::Null, json!({"id": id, "name": "x"}));
        recording(&[customer("/customers/41", 41), customer("/customers/42", 42)])
    }

    #[test]
    fn each_gets_the_others_reply_once() {
        let mut session = Session::first(&customers(), swapped_replies());
        let mut ids = || [41, 42].map(|id| session.get(&format!("/customers/{id}"))["id"].clone());
        assert_eq!((ids(), ids()), ([json!(42), json!(41)], [json!(41), json!(42)]));
    }

    #[test]
    fn it_is_evident_where_the_reply_names_what_was_asked_for() {
        let site = &swapped_replies().sites(&customers())[0];
        assert_eq!(site.lie, Lie::Evident("`41` was asked for, and the reply is not about it".to_owned()));
        let slug = |target, id: &str| ("GET", target, Value::Null, json!({"id": id}));
        let slugs =
            recording(&[slug("/v1/records/rec_003a7", "rec_003a7"), slug("/v1/records/rec_004a7", "rec_004a7")]);
        assert!(matches!(swapped_replies().sites(&slugs)[0].lie, Lie::Evident(_)));
        let nameless = |target, n: u32| ("GET", target, Value::Null, json!({"balance": n}));
        let recording = recording(&[nameless("/balance?c=41", 41), nameless("/balance?c=42", 9)]);
        assert!(matches!(swapped_replies().sites(&recording)[0].lie, Lie::Plausible(_)));
    }

    #[test]
    fn polls_pages_and_reads_with_an_effect_between_them_are_left_alone() {
        let get = |target, reply: Value| ("GET", target, Value::Null, reply);
        let polls = [get("/job", json!({"s": 1})), get("/job", json!({"s": 2}))];
        let pages = [get("/a", json!({"d": [1], "next": "tok-4711"})), get("/a?t=tok-4711", json!({"d": [2]}))];
        let written = [get("/a/1", json!(["a"])), ("POST", "/b", json!({}), json!({})), get("/a/2", json!(["b"]))];
        for exchanges in [&polls[..], &pages, &written] {
            assert!(swapped_replies().sites(&recording(exchanges)).is_empty());
        }
    }

    #[test]
    fn calls_of_the_agents_own_code_are_left_alone() {
        let call = |n: u32| crate::fixture::taped_call("lookup", false, &json!({"id": n}), &json!({"id": n}));
        let recording = crate::fixture::recording_of(vec![call(41), call(42)]);
        assert!(swapped_replies().sites(&recording).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&customers(), swapped_replies).bent_calls().count(), 2);
    }
}
