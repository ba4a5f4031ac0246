//! A read shows what was true before.

use std::collections::HashMap;

use serde_json::{Map, Value};

use checkagent_cassette::Interaction;
use checkagent_cassette::analysis::Meaning;
use checkagent_cassette::json::{Pointer, Step, leaves};

use super::places;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{Recording, scalars};

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
        let mut history = History::default();
        for interaction in recording.interactions() {
            if recording.changed_something(interaction.number) {
                history.writes(interaction);
            }
            if interaction.reply.is_success() && !interaction.asks_a_model() {
                history.shows(interaction, recording.is_effect(&interaction.request));
            }
        }
        history.sites
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        places::set(site)
    }
}

/// What was shown so far.
#[derive(Default)]
struct History {
    things: HashMap<String, HashMap<String, Shown>>,
    /// Who wrote a value last, by the name and the text of it.
    written: HashMap<(String, String), usize>,
    sites: Vec<Site>,
}

/// A member of a thing, as the replies show it.
struct Shown {
    value: Value,
    /// The interaction that showed this value first.
    since: usize,
    /// The value before, and the last interaction that showed it.
    before: Option<(Value, usize)>,
    /// Whether a read has shown it that can be made stale.
    used: bool,
}

impl History {
    fn writes(&mut self, interaction: &Interaction) {
        let Some(sent) = interaction.request.json() else { return };
        leaves(&sent, &mut |place, value| {
            let name = place.field().unwrap_or_default().to_owned();
            self.written.insert((name, value.to_string()), interaction.number);
        });
    }

    fn shows(&mut self, interaction: &Interaction, is_effect: bool) {
        let Some(document) = interaction.reply.json() else { return };
        self.walk(interaction, is_effect, &Pointer::root(), &document);
    }

    fn walk(&mut self, interaction: &Interaction, is_effect: bool, at: &Pointer, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(thing) = thing(interaction, at, members) {
                    self.see(interaction.number, is_effect, &thing, at, members);
                }
                for (name, member) in members.iter().filter(|(_, member)| member.is_object() || member.is_array()) {
                    self.walk(interaction, is_effect, &at.key(name), member);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| item.is_object()) {
                    self.walk(interaction, is_effect, &at.index(index), item);
                }
            }
            _ => {}
        }
    }

    fn see(&mut self, number: usize, is_effect: bool, thing: &str, at: &Pointer, members: &Map<String, Value>) {
        let known = self.things.entry(thing.to_owned()).or_default();
        for (name, value) in scalars(members) {
            let Some(shown) = known.get_mut(&name) else {
                known.insert(name, Shown { value, since: number, before: None, used: false });
                continue;
            };
            if shown.value != value {
                let before = std::mem::replace(&mut shown.value, value);
                // The last one that showed the old value is not later than this one.
                shown.before = Some((before, shown.since));
                (shown.since, shown.used) = (number, false);
            }
            let Some((before, until)) = shown.before.as_ref().filter(|_| !shown.used && !is_effect) else { continue };
            // Ids and points in time differ for many reasons, and few look at them.
            if matches!(Meaning::of(&name, &shown.value), Meaning::Time | Meaning::Id) || !is_like(before, &shown.value)
            {
                continue;
            }
            let written = || self.written.get(&(name.clone(), shown.value.to_string())).filter(|by| **by > *until);
            let reason = if shown.since < number {
                Some(format!("interaction {} showed `{name}` as {} already", shown.since, shown.value))
            } else {
                written().map(|by| format!("interaction {by} wrote `{name}` as {}", shown.value))
            };
            let rank = if reason.is_some() { 60 } else { 35 };
            let site = Site::at(number).pointer(at.key(&name)).lie(Lie::evident_if(reason)).rank(rank);
            self.sites.push(Site { value: Some(before.clone()), ..site });
            shown.used = true;
        }
    }
}

/// What makes an object the same thing in another reply: its id and its form; without an id, the same request and place.
fn thing(interaction: &Interaction, at: &Pointer, members: &Map<String, Value>) -> Option<String> {
    let id = ["id", "_id", "uuid", "key"].iter().find_map(|name| members.get(*name));
    match id.filter(|id| id.is_string() || id.is_number()) {
        Some(id) => {
            let names: Vec<_> = members.keys().map(String::as_str).collect();
            Some(format!("{} {id} {}", interaction.channel, names.join(" ")))
        }
        // Items of a list move.
        None if at.steps().iter().any(|step| matches!(step, Step::Index(_))) => None,
        None => Some(format!("{} {at}", interaction.key)),
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
