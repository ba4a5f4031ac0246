//! The reply of the request before comes again.

use std::collections::HashSet;

use checkagent_cassette::Interaction;

use super::mix_up::{betrays, neighbours};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A reply that belongs to the request before. See [`duplicate_reply`].
#[derive(Clone, Debug)]
pub struct DuplicateReply;

/// A read gets the reply of the read before it on the same endpoint once more: a cache whose key lacks a parameter, a
/// connection whose replies are one behind. Asked again, it gets its own.
///
/// Evident where the reply names what was asked for, or where it is the page before; else plausible.
#[must_use]
pub fn duplicate_reply() -> DuplicateReply {
    DuplicateReply
}

impl Operator for DuplicateReply {
    fn id(&self) -> &'static str {
        "duplicate_reply"
    }

    fn family(&self) -> Family {
        Family::Order
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A read gets the reply of the read before it on the same endpoint.",
            seen: "connections that go on after a cancelled request; caches whose key lacks a parameter; page offsets",
            source: "redis-py#2624; apache/druid#4558",
            sites: "every read with another one of the same endpoint before it",
            good: "compares the id in the reply with the one that it asked for, and asks again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let pages: HashSet<_> = recording.pages().iter().map(|page| (page.from, page.to)).collect();
        let mut sites: Vec<_> = neighbours(recording)
            .into_iter()
            .map(|(before, interaction)| {
                let page = pages.contains(&(before.number, interaction.number)).then(|| {
                    format!("it is the page of interaction {} again, with the token that led here", before.number)
                });
                let lie = Lie::evident_if(page.or_else(|| betrays(interaction, before)));
                let rank = if matches!(lie, Lie::Evident(_)) { 80 } else { 50 };
                Site::at(interaction.number).lie(lie).rank(rank)
            })
            .collect();
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let mut pairs = neighbours(recording).into_iter();
        let before = pairs.find(|(_, interaction)| interaction.number == site.interaction);
        let replace = |(before, _): (&Interaction, _)| {
            let reply = before.reply.clone();
            Bend::Replace { at: site.interaction, reply, times: Some(1) }
        };
        before.map_or(Bend::All(Vec::new()), replace)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording};

    type Read = (&'static str, &'static str, Value, Value);

    fn get(target: &'static str, reply: Value) -> Read {
        ("GET", target, Value::Null, reply)
    }

    fn customers() -> [Read; 2] {
        [get("/customers/41", json!({"id": 41})), get("/customers/42", json!({"id": 42}))]
    }

    #[test]
    fn the_reply_before_comes_again_and_then_the_right_one() {
        let mut session = Session::first(&recording(&customers()), duplicate_reply());
        let ids = [41, 42, 42].map(|id| session.get(&format!("/customers/{id}"))["id"].clone());
        assert_eq!(ids, [json!(41), json!(41), json!(42)]);
    }

    #[test]
    fn it_is_evident_by_the_id_and_by_the_page() {
        let lie = |exchanges: [Read; 2]| duplicate_reply().sites(&recording(&exchanges))[0].lie.clone();
        assert!(matches!(lie(customers()), Lie::Evident(reason) if reason.contains("`42`")));
        let pages = [get("/a", json!({"d": [1], "next": "tok-4711"})), get("/a?t=tok-4711", json!({"d": [2]}))];
        assert!(matches!(lie(pages), Lie::Evident(reason) if reason.contains("page")));
        let nameless = [get("/balance?c=41", json!({"n": 7})), get("/balance?c=42", json!({"n": 9}))];
        assert!(matches!(lie(nameless), Lie::Plausible(_)));
    }

    #[test]
    fn polls_effects_and_equal_replies_are_left_alone() {
        let polls = [get("/job", json!({"s": 1})), get("/job", json!({"s": 2}))];
        let equal = [get("/a/1", json!({"s": 1})), get("/a/2", json!({"s": 1}))];
        let effects =
            [("POST", "/a", json!({"n": 1}), json!({"id": 1})), ("POST", "/a", json!({"n": 2}), json!({"id": 2}))];
        for exchanges in [polls, equal, effects] {
            assert!(duplicate_reply().sites(&recording(&exchanges)).is_empty());
        }
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&recording(&customers()), duplicate_reply).bent_calls().count(), 1);
    }
}
