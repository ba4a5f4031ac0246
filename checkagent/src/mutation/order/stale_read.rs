//! A read after a write shows the state from before it.

use std::collections::HashMap;

use checkagent_cassette::analysis::{Place, reply_atoms, request_atoms};
use checkagent_cassette::{Interaction, Reply};

use super::mix_up::{shows, stands_in, text};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

const ALWAYS: &str = "always";
const ONCE: &str = "once";

/// A read that does not show a write yet. See [`stale_read`].
#[derive(Clone, Debug)]
pub struct StaleRead;

/// A read after a write is answered as it was before the write, once or for as long as the case goes on: eventual
/// consistency, a cache, a replica that lags behind.
///
/// Evident where the right reply shows what the agent itself wrote, and the stale one does not; else plausible.
#[must_use]
pub fn stale_read() -> StaleRead {
    StaleRead
}

impl Operator for StaleRead {
    fn id(&self) -> &'static str {
        "stale_read"
    }

    fn family(&self) -> Family {
        Family::Order
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A read after a write is answered as it was before the write.",
            seen: "Kit: lists lag half a minute to five minutes behind; Amazon SimpleDB; Google Datastore",
            source: "developers.kit.com eventual-consistency; AmazonSimpleDB DeveloperGuide ConsistencySummary",
            sites: "every read that was recorded before and after a write, with another reply",
            good: "knows what it wrote: asks again after a moment, and does not write it a second time",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for (before, after, writes) in versions(recording) {
            let shown = writes.clone().find_map(|write| {
                let write = recording.interaction(write);
                hidden(write, &before.reply, &after.reply)
                    .map(|value| format!("what interaction {} wrote does not show in it: `{value}`", write.number))
            });
            let rank = if shown.is_some() { 90 } else { 50 };
            let site = Site::at(after.number).lie(Lie::evident_if(shown)).rank(rank);
            sites.extend([ONCE, ALWAYS].map(|variant| site.clone().variant(variant)));
        }
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let found = versions(recording).into_iter().find(|(_, after, _)| after.number == site.interaction);
        let Some((before, after, _)) = found else { return Bend::All(Vec::new()) };
        let replace = |at: usize, times| Bend::Replace { at, reply: before.reply.clone(), times };
        if site.variant == Some(ONCE) {
            return replace(after.number, Some(1));
        }
        let later = recording.with_key(after.key).iter().filter(|number| **number >= after.number);
        Bend::All(later.map(|number| replace(*number, None)).collect())
    }
}

/// Reads with the one before of the same request, where another reply came after a write on the channel; with the
/// writes between them.
fn versions(recording: &Recording) -> Vec<(&Interaction, &Interaction, impl Iterator<Item = usize> + Clone + use<'_>)> {
    let mut latest: HashMap<_, &Interaction> = HashMap::new();
    let mut versions = Vec::new();
    for interaction in recording.interactions() {
        if recording.asks_for_effect(interaction.number)
            || recording.asks_a_model(interaction.number)
            || !is_a_state(&interaction.reply)
        {
            continue;
        }
        let Some(before) = latest.insert(interaction.key, interaction) else { continue };
        let (first, channel) = (before.number + 1, &interaction.channel);
        let writes = (first..interaction.number).filter(move |between| {
            recording.changed_something(*between) && recording.interaction(*between).channel == *channel
        });
        if before.reply != interaction.reply && writes.clone().next().is_some() {
            versions.push((before, interaction, writes));
        }
    }
    versions
}

/// A reply that says how things are: there, or not there. Others fail for a moment.
fn is_a_state(reply: &Reply) -> bool {
    reply.is_success() || matches!(reply, Reply::Http(http) if matches!(http.status, 404 | 410))
}

/// A value of a write that shows in one of two replies only.
fn hidden(write: &Interaction, before: &Reply, after: &Reply) -> Option<String> {
    let (before, after) = (text(before), text(after));
    let is_id = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let asked = request_atoms(&write.request).into_iter().filter(|atom| match atom.place {
        Place::Path(_) => is_id(&atom.text),
        Place::Body(..) => true,
        _ => false,
    });
    let answered = reply_atoms(&write.reply).into_iter().filter(|atom| matches!(atom.place, Place::Body(..)));
    let mut values = asked.chain(answered).map(|atom| atom.text);
    values.find(|value| {
        let differs = |more: &str, less: &str| shows(more, value) && !stands_in(less, value);
        differs(&after, &before) || differs(&before, &after)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording, recording_of, taped};

    fn note(second: &Value) -> Arc<Recording> {
        recording(&[
            ("GET", "/notes", Value::Null, json!({"notes": [], "live": 1})),
            ("POST", "/notes", json!({"text": "milk"}), json!({"id": 7})),
            ("GET", "/notes", Value::Null, second.clone()),
        ])
    }

    fn written() -> Arc<Recording> {
        note(&json!({"notes": [{"id": 7, "text": "milk"}], "live": 1}))
    }

    #[test]
    fn the_state_before_the_write_is_shown_once_or_always() {
        let recording = written();
        let shown = |variant: &str| {
            let site = stale_read().sites(&recording).into_iter().find(|site| site.variant == Some(variant));
            let mut session = Session::at(&recording, stale_read(), &site.expect("a site"));
            session.again(1);
            session.again(2);
            [(); 3].map(|()| session.get("/notes")["notes"].as_array().map_or(0, Vec::len))
        };
        assert_eq!((shown(ONCE), shown(ALWAYS)), ([0, 1, 1], [0, 0, 0]));
    }

    #[test]
    fn it_is_evident_where_the_agent_knows_what_it_wrote() {
        let evident = stale_read().sites(&written())[0].lie.clone();
        assert!(matches!(evident, Lie::Evident(reason) if reason.contains("`milk`")));
        let other = note(&json!({"notes": [], "live": 7}));
        assert!(matches!(stale_read().sites(&other)[0].lie, Lie::Plausible(_)));
    }

    #[test]
    fn what_was_not_there_before_the_write_is_not_there_yet() {
        let recording = recording_of(vec![
            taped("GET", "/notes/7").status(404),
            taped("PUT", "/notes/7").body(&json!({"text": "milk"})).reply(&json!({"ok": true})),
            taped("GET", "/notes/7").reply(&json!({"id": 7, "text": "milk"})),
        ]);
        let site = &stale_read().sites(&recording)[0];
        assert!(matches!(site.lie, Lie::Evident(_)));
        let mut session = Session::at(&recording, stale_read(), site);
        session.play();
        assert_eq!(session.ledger().bent_calls().count(), 1);
    }

    #[test]
    fn reads_without_a_write_between_them_and_equal_replies_are_left_alone() {
        let same = note(&json!({"notes": [], "live": 1}));
        let poll = recording(&[("GET", "/a", Value::Null, json!(["x"])), ("GET", "/a", Value::Null, json!(["y"]))]);
        let elsewhere = recording_of(vec![
            taped("GET", "/a").reply(&json!(["x"])),
            taped("POST", "/b").on("other"),
            taped("GET", "/a").reply(&json!(["y"])),
        ]);
        for recording in [same, poll, elsewhere] {
            assert!(stale_read().sites(&recording).is_empty());
        }
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&written(), stale_read).bent_calls().count(), 1);
    }
}
