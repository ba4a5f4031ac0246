//! The file as serde reads it: borrowed, strict about unknown fields.
//!
//! `Cow<'f, str>` is written out: serde borrows only where it sees that name.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::key::Matching;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<'f> {
    pub checkagent: u32,
    #[serde(borrow)]
    pub name: Cow<'f, str>,
    #[serde(borrow)]
    pub recorded_at: Cow<'f, str>,
    #[serde(borrow)]
    pub recorder: Cow<'f, str>,
    #[serde(borrow)]
    // Compared as text, before the file is taken apart.
    #[expect(dead_code, reason = "its presence is checked here, its value by the seal")]
    pub content_hash: Cow<'f, str>,
    #[serde(default)]
    pub matching: Matching,
    #[serde(borrow)]
    pub channels: Members<'f, Channel<'f>>,
    #[serde(borrow)]
    pub interactions: Vec<Interaction<'f>>,
    #[serde(borrow, default)]
    pub branches: Vec<Branch<'f>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Branch<'f> {
    #[serde(borrow)]
    pub case: Cow<'f, str>,
    #[serde(borrow)]
    pub operators: Members<'f, u32>,
    #[serde(borrow)]
    pub base: Cow<'f, str>,
    #[serde(borrow)]
    pub interactions: Vec<Interaction<'f>>,
}

#[derive(Deserialize)]
pub(super) struct Probe {
    pub checkagent: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channel<'f> {
    pub kind: Kind,
    #[serde(borrow)]
    pub base: Option<Cow<'f, str>>,
    pub interactions: usize,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Http,
    Code,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interaction<'f> {
    pub n: usize,
    #[serde(borrow)]
    pub channel: Cow<'f, str>,
    #[serde(borrow)]
    pub key: Cow<'f, str>,
    #[serde(borrow)]
    pub request: Request<'f>,
    #[serde(borrow)]
    pub reply: Reply<'f>,
    pub latency_ms: Option<u64>,
    #[serde(borrow)]
    pub fidelity: Option<Cow<'f, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request<'f> {
    #[serde(borrow)]
    pub method: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub target: Option<Cow<'f, str>>,
    #[serde(borrow, default)]
    pub headers: Members<'f, Values<'f>>,
    #[serde(borrow)]
    pub body: Option<Body<'f>>,
    #[serde(borrow)]
    pub call: Option<Cow<'f, str>>,
    pub effect: Option<bool>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub args: Option<&'f RawValue>,
    #[serde(borrow)]
    pub id: Option<Cow<'f, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply<'f> {
    pub status: Option<u16>,
    #[serde(borrow, default)]
    pub headers: Members<'f, Values<'f>>,
    #[serde(borrow)]
    pub body: Option<Body<'f>>,
    #[serde(borrow)]
    pub frames: Option<Vec<Frame<'f>>>,
    #[serde(borrow)]
    pub ending: Option<Cow<'f, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub returned: Option<&'f RawValue>,
    #[serde(borrow)]
    pub failed: Option<Cow<'f, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body<'f> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub json: Option<&'f RawValue>,
    #[serde(default)]
    pub spaced: bool,
    pub indent: Option<u8>,
    #[serde(default)]
    pub newline: bool,
    #[serde(borrow)]
    pub text: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub base64: Option<Cow<'f, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame<'f> {
    pub after_ms: Option<u64>,
    #[serde(borrow)]
    pub text: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub base64: Option<Cow<'f, str>>,
}

/// An object as a list, in file order and with borrowed names.
pub(super) struct Members<'f, V>(pub Vec<(Cow<'f, str>, V)>);

impl<V> Default for Members<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'f, 'f, V: Deserialize<'de>> Deserialize<'de> for Members<'f, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Collect<V> {
            type Value = Vec<(Cow<'de, str>, V)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Self::Value = Vec::new();
                while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom(format!("duplicate field `{name}`")));
                    }
                    members.push((name, map.next_value()?));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Collect(std::marker::PhantomData)).map(Members)
    }
}

#[derive(Deserialize)]
struct Name<'f>(#[serde(borrow)] Cow<'f, str>);

/// The values of one header: a string, or a list of strings where it was sent several times.
pub(super) struct Values<'f>(pub Vec<Cow<'f, str>>);

impl<'de: 'f, 'f> Deserialize<'de> for Values<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Values<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Values(vec![Cow::Borrowed(text)]))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Values(vec![Cow::Owned(text.to_owned())]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(Name(value)) = seq.next_element::<Name<'de>>()? {
                    values.push(value);
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

/// A member that is there, also if it is `null`.
fn present<'de: 'f, 'f, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'f RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}
