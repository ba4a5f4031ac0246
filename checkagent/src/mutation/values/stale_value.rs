//! A read shows what was true before.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use checkagent_cassette::Interaction;
use checkagent_cassette::analysis::Meaning;
use checkagent_cassette::json::{Pointer, Step, leaves};
use checkagent_cassette::key::Key;

use super::places;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A value of an earlier read of the same thing. See [`stale_value`].
#[derive(Clone, Debug)]
pub struct StaleValue;

/// A read shows a field of a thing as it was before: a cache or a replica lags behind.
///
/// Evident where an earlier reply, or the agent's own write, said the new value already; else plausible.
#[must_use]
pub fn stale_value() -> StaleValue {
    StaleValue
}

impl Operator for StaleValue {
    fn id(&self) -> &'static str {
        "stale_value"
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A read shows a field of a thing as it was before.",
            seen: "caches, replicas and search indexes that lag behind their own writes",
            source: "Amazon DynamoDB: reads are eventually consistent unless asked otherwise; Elasticsearch: what is written is searchable after a refresh",
            sites: "reads of a thing of which an earlier reply showed another value",
            good: "does not take what it has just written for not written, and does not write it again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let shown = |each: &&Interaction| each.reply.is_success() && !recording.asks_a_model(each.number);
        let shown = recording.interactions().iter().filter(shown);
        let replies: Vec<_> = shown.filter_map(|each| Some((each, recording.reply_document(each.number)?))).collect();
        let mut history = History::of(recording);
        for (interaction, document) in &replies {
            history.walk(interaction, &Pointer::root(), document);
        }
        history.sites
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        places::set(site)
    }
}

/// What was shown so far.
struct History<'r> {
    recording: &'r Recording,
    things: HashMap<Thing<'r>, Vec<(&'r str, Shown<'r>)>>,
    /// Who wrote a value last, by the name and the text of it; made when it is first asked for.
    written: Option<HashMap<(String, String), usize>>,
    sites: Vec<Site>,
}

/// What makes an object the same thing in another reply: its id and the names of its members; without an id, the same
/// request and place.
#[derive(PartialEq, Eq, Hash)]
enum Thing<'r> {
    Named(&'r str, Cow<'r, str>, Vec<&'r str>),
    Placed(Key, Pointer),
}

/// A member of a thing, as the replies show it.
struct Shown<'r> {
    value: &'r Value,
    /// The interaction that showed this value first.
    since: usize,
    /// The value before, and the interaction that showed it first.
    before: Option<(&'r Value, usize)>,
    /// Whether a read has shown it that can be made stale.
    used: bool,
}

impl<'r> History<'r> {
    fn of(recording: &'r Recording) -> Self {
        Self { recording, things: HashMap::new(), written: None, sites: Vec::new() }
    }

    fn walk(&mut self, interaction: &'r Interaction, at: &Pointer, value: &'r Value) {
        match value {
            Value::Object(members) => {
                if let Some(thing) = Thing::of(interaction, at, members) {
                    self.see(interaction, thing, at, members);
                }
                for (name, member) in members.iter().filter(|(_, member)| member.is_object() || member.is_array()) {
                    self.walk(interaction, &at.key(name), member);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| item.is_object()) {
                    self.walk(interaction, &at.index(index), item);
                }
            }
            _ => {}
        }
    }

    fn see(&mut self, interaction: &Interaction, thing: Thing<'r>, at: &Pointer, members: &'r Map<String, Value>) {
        let number = interaction.number;
        let known = self.things.entry(thing).or_default();
        let mut stale = Vec::new();
        for (name, value) in members.iter().filter(|(_, member)| !member.is_object() && !member.is_array()) {
            let Some((_, shown)) = known.iter_mut().find(|(known, _)| *known == name) else {
                known.push((name, Shown { value, since: number, before: None, used: false }));
                continue;
            };
            if shown.value != value {
                *shown = Shown { value, since: number, before: Some((shown.value, shown.since)), used: false };
            }
            let Some((before, until)) = shown.before.filter(|_| !shown.used) else { continue };
            // Ids and points in time differ for many reasons, and few look at them.
            let looked_at = !matches!(Meaning::of(name, value), Meaning::Time | Meaning::Id);
            if looked_at && is_like(before, value) && !self.recording.asks_for_effect(interaction.number) {
                shown.used = true;
                stale.push((name, value, before, shown.since, until));
            }
        }
        for (name, value, before, since, until) in stale {
            let reason = if since < number {
                Some(format!("interaction {since} showed `{name}` as {value} already"))
            } else {
                self.written(name, value, until).map(|by| format!("interaction {by} wrote `{name}` as {value}"))
            };
            let rank = if reason.is_some() { 60 } else { 35 };
            let site = Site::at(number).pointer(at.key(name)).lie(Lie::evident_if(reason)).rank(rank);
            self.sites.push(Site { value: Some(before.clone()), ..site });
        }
    }

    /// The effect after an interaction that sent this value under this name.
    fn written(&mut self, name: &str, value: &Value, after: usize) -> Option<usize> {
        let recording = self.recording;
        let written = self.written.get_or_insert_with(|| {
            let mut written = HashMap::new();
            let effects = recording.interactions().iter().filter(|each| recording.changed_something(each.number));
            for (number, sent) in
                effects.filter_map(|each| Some((each.number, recording.request_document(each.number)?)))
            {
                leaves(&sent, &mut |place, value| {
                    written.insert((place.field().unwrap_or_default().to_owned(), value.to_string()), number);
                });
            }
            written
        });
        written.get(&(name.to_owned(), value.to_string())).copied().filter(|by| *by > after)
    }
}

impl<'r> Thing<'r> {
    fn of(interaction: &'r Interaction, at: &Pointer, members: &'r Map<String, Value>) -> Option<Self> {
        let id = ["id", "_id", "uuid", "key"].iter().find_map(|name| members.get(*name));
        let id = id.and_then(|id| match id {
            Value::String(id) => Some(Cow::Borrowed(id.as_str())),
            Value::Number(id) => Some(Cow::Owned(id.to_string())),
            _ => None,
        });
        match id {
            Some(id) => Some(Self::Named(&interaction.channel, id, members.keys().map(String::as_str).collect())),
            // Items of a list move.
            None if at.steps().iter().any(|step| matches!(step, Step::Index(_))) => None,
            None => Some(Self::Placed(interaction.key, at.clone())),
        }
    }
}

fn is_like(before: &Value, now: &Value) -> bool {
    std::mem::discriminant(before) == std::mem::discriminant(now)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{Exchange, delivered, recording, rewritten};

    fn order(status: &str, n: u64) -> Value {
        json!({"id": "o-1", "n": n, "status": status})
    }

    #[test]
    fn a_read_after_a_write_shows_what_was_before_and_the_rest_stays() {
        let exchanges: [Exchange<'_>; 4] = [
            ("GET", "/orders/o-1", json!(null), order("draft", 1)),
            ("PATCH", "/orders/o-1", json!({"status": "sent"}), order("sent", 1)),
            ("GET", "/orders/o-1?view=full", json!(null), order("sent", 1)),
            ("GET", "/orders", json!(null), json!({"data": [order("sent", 1)]})),
        ];
        let recording = recording(&exchanges);
        let sites = stale_value().sites(&recording);
        // Once for each change: the first read that shows it.
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3:status"]);
        assert_eq!(sites[0].lie, Lie::Evident(r#"interaction 2 showed `status` as "sent" already"#.to_owned()));
        assert_eq!(rewritten(&recording, &stale_value(), &sites[0]), r#"{"id":"o-1","n":1,"status":"draft"}"#);
        assert_eq!(delivered(&recording, stale_value).bent_calls().count(), 1);
    }

    #[test]
    fn what_the_agent_wrote_is_evident_without_an_echo_and_what_others_did_is_not() {
        let lie = |write: Exchange<'_>| {
            let read = |n: u64| ("GET", "/balance", json!(null), json!({"funds": {"amount": n, "currency": "eur"}}));
            let recording = recording(&[read(100), write, read(70)]);
            let sites = stale_value().sites(&recording);
            assert_eq!((sites.len(), sites[0].to_string().as_str()), (1, "3:funds.amount"));
            sites[0].lie.clone()
        };
        assert!(matches!(lie(("PUT", "/balance", json!({"amount": 70}), json!({}))), Lie::Evident(_)));
        assert!(matches!(lie(("POST", "/pay", json!({"amount": 30}), json!({}))), Lie::Plausible(_)));
    }

    #[test]
    fn things_that_stay_other_things_and_times_have_no_site() {
        let record = |id: &str, n: u64, at: &str| json!({"id": id, "n": n, "at": at});
        let recording = recording(&[
            ("GET", "/a", json!(null), record("x", 1, "2026-01-01")),
            ("GET", "/a", json!(null), record("x", 1, "2026-01-02")),
            ("GET", "/b", json!(null), record("y", 2, "2026-01-02")),
            ("GET", "/c", json!(null), json!([{"n": 1}])),
            ("GET", "/c", json!(null), json!([{"n": 2}])),
        ]);
        assert!(stale_value().sites(&recording).is_empty());
    }
}
