//! Anthropic's messages, read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::{Called, Part, Saying, Stop, Usage};
use super::{members, take_list, take_text, without_nothing};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::Anthropic;

pub(super) fn saying(documents: impl Iterator<Item = Value>) -> Option<Saying> {
    let mut saying = Saying::default();
    let mut blocks = BTreeMap::<u64, Block>::new();
    let mut message = None;
    let mut usage = Map::new();
    for document in documents {
        let mut event = members(document);
        let index = event.get("index").and_then(Value::as_u64).unwrap_or_default();
        match event.get("type").and_then(Value::as_str) {
            Some("error") => return None,
            Some("message") => message = Some(event),
            None if event.get("content").is_some_and(Value::is_array) => message = Some(event),
            Some("message_start") => message = event.remove("message").map(members),
            Some("content_block_start") => {
                let block = members(event.remove("content_block").unwrap_or_default());
                blocks.insert(index, Block { members: block, json: String::new() });
            }
            Some("content_block_delta") => {
                let delta = members(event.remove("delta").unwrap_or_default());
                blocks.get_mut(&index)?.take(delta);
            }
            Some("message_delta") => {
                usage.extend(members(event.remove("usage").unwrap_or_default()));
                if let Some(message) = &mut message {
                    message.extend(members(event.remove("delta").unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    let mut message = message?;
    saying.id = take_text(&mut message, "id").filter(|id| !id.is_empty());
    saying.model = take_text(&mut message, "model").unwrap_or_default();
    let stop = take_text(&mut message, "stop_reason")?;
    let mut all = members(message.remove("usage").unwrap_or_default());
    all.extend(usage.into_iter().filter(|(_, count)| !count.is_null()));
    saying.usage = Some(all).filter(|all| !all.is_empty()).map(|all| Usage::read(WIRE, all));
    let whole = take_list(&mut message, "content").into_iter();
    let whole = whole.map(|block| Block { members: members(block), json: String::new() });
    saying.parts = whole.chain(blocks.into_values()).filter_map(Block::part).collect();
    message.retain(|name, value| !matches!(name.as_str(), "type" | "role") && !value.is_null());
    saying.envelope = message;
    saying.stop = Stop::of(WIRE, &stop, &saying);
    Some(saying)
}

struct Block {
    members: Map<String, Value>,
    /// The input of a tool, piece by piece.
    json: String,
}

impl Block {
    fn take(&mut self, delta: Map<String, Value>) {
        for (name, value) in delta {
            match (name.as_str(), value) {
                ("partial_json", Value::String(piece)) => self.json.push_str(&piece),
                ("citation", citation) => {
                    let citations = self.members.entry("citations").or_insert(Value::Null);
                    match citations {
                        Value::Array(known) => known.push(citation),
                        other => *other = vec![citation].into(),
                    }
                }
                ("type", _) => {}
                (_, Value::String(piece)) => match self.members.entry(name).or_insert_with(|| "".into()) {
                    Value::String(known) => known.push_str(&piece),
                    other => *other = piece.into(),
                },
                (_, value) => {
                    self.members.insert(name, value);
                }
            }
        }
    }

    fn part(mut self) -> Option<Part> {
        match self.members.get("type").and_then(Value::as_str) {
            Some("text") => {
                self.members.remove("type");
                let text = take_text(&mut self.members, "text").unwrap_or_default();
                let beside = without_nothing(self.members);
                Some(Part::Text { text, beside }).filter(|part| *part != Part::text(""))
            }
            Some("tool_use") => {
                self.members.remove("type");
                let input = self.members.remove("input").unwrap_or_default();
                let whole = || if input.is_null() { String::new() } else { input.to_string() };
                let arguments = if self.json.is_empty() { whole() } else { self.json };
                let id = take_text(&mut self.members, "id").filter(|id| !id.is_empty());
                let name = take_text(&mut self.members, "name").unwrap_or_default();
                Some(Part::Call(Called { id, name, arguments, custom: false, beside: without_nothing(self.members) }))
            }
            _ => {
                if let Ok(input) = serde_json::from_str(&self.json) {
                    self.members.insert("input".to_owned(), input);
                }
                Some(Part::Other(self.members.into()))
            }
        }
    }
}
