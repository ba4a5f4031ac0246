//! Reads a JSON document into the index without building a value of it.

use std::fmt::{self, Write};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::index::List;
use super::read::{Reader, Side};
use super::spots::{Kind, Spot, Spots, hash, mix};

/// A list deeper than this is a part of an item.
const DEEPEST: usize = 4;
/// An object of more values is a record, not a key.
const KEY: u32 = 6;
/// How numbers come if some crate in the build asked `serde_json` for their exact digits.
const EXACT_NUMBER: &str = "$serde_json::private::Number";

/// A value that is read, and the place that it stands at.
#[derive(Debug)]
pub(super) struct Document<'r> {
    pub(super) reader: &'r mut Reader,
    pub(super) spot: Spot,
}

/// What a value was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    hash: u64,
    /// How many texts and numbers are in it.
    values: u32,
    is_object: bool,
}

impl Seen {
    fn scalar(hash: u64) -> Self {
        Self { hash, values: 1, is_object: false }
    }
}

impl Document<'_> {
    fn number(self, number: impl fmt::Display) -> Seen {
        let mut text = std::mem::take(&mut self.reader.buffer);
        text.clear();
        // Writing to a text does not fail.
        let _ = write!(text, "{number}");
        self.reader.value(self.spot, &text);
        let seen = Seen::scalar(hash(&text));
        self.reader.buffer = text;
        seen
    }

    fn is_outside_of_lists(&self) -> bool {
        self.reader.index.spots.item(self.spot).is_none()
    }
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Seen, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Seen, E> {
        self.reader.text(self.spot, text);
        Ok(Seen::scalar(hash(text)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Seen, E> {
        Ok(self.number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Seen, E> {
        Ok(self.number(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Seen, E> {
        Ok(match serde_json::Number::from_f64(number) {
            Some(number) => self.number(number),
            None => self.number(number),
        })
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Seen, E> {
        Ok(self.number(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Seen, E> {
        Ok(Seen::scalar(0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Seen, A::Error> {
        let (mut seen, mut count) = (Seen { hash: 1, values: 0, is_object: false }, 0);
        let mut of_objects = false;
        loop {
            let spot = self.reader.index.spots.at(self.spot, Kind::Index, count);
            let Some(item) = items.next_element_seed(Document { reader: &mut *self.reader, spot })? else { break };
            of_objects |= count == 0 && item.is_object;
            seen.hash = mix(seen.hash, item.hash);
            seen.values = seen.values.saturating_add(item.values);
            count += 1;
        }
        let spots = &self.reader.index.spots;
        if self.reader.side == Side::Reply && self.is_outside_of_lists() && spots.path(self.spot).count() <= DEEPEST + 1
        {
            let items = u32::try_from(count).unwrap_or(u32::MAX);
            self.reader.index.bring_list(List { spot: self.spot, items, of_objects, hash: seen.hash });
        }
        Ok(seen)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Seen, A::Error> {
        let mut seen = Seen { hash: 0, values: 0, is_object: true };
        loop {
            let key = Key { spots: &mut self.reader.index.spots, parent: self.spot };
            let Some((spot, name)) = members.next_key_seed(key)? else { break };
            let member = members.next_value_seed(Document { reader: &mut *self.reader, spot })?;
            // Members have no order.
            seen.hash = seen.hash.wrapping_add(mix(name, member.hash));
            seen.values = seen.values.saturating_add(member.values);
        }
        let is_root = self.reader.index.spots.parent(self.spot) == Spots::START;
        if (1..=KEY).contains(&seen.values) && !is_root && self.is_outside_of_lists() {
            self.reader.object(self.spot, seen.hash);
        }
        Ok(seen)
    }
}

/// The name of a member: the place that it leads to, and its hash.
#[derive(Debug)]
struct Key<'s> {
    spots: &'s mut Spots,
    parent: Spot,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = (Spot, u64);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = (Spot, u64);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        if name == EXACT_NUMBER {
            return Ok((self.parent, 0));
        }
        Ok((self.spots.named(self.parent, Kind::Key, name), hash(name)))
    }
}
