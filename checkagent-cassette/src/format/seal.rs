//! The hash that tells whether a file is as it was recorded.
//!
//! The seal finds accidents (a merge, an editor, a half-applied patch), not attackers: whoever can edit the file can
//! also seal it again, and the edit is then visible in review. So the hash is a fast one, not a cryptographic one.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use super::cassette::Cassette;
use super::{branch, read, write};
use crate::error::{Error, ErrorKind};
use crate::json::{Edit, Pointer};

pub(super) const UNSEALED: &str = "xxh3:00000000000000000000000000000000";
pub(super) const HINT: &str =
    "if the edit was deliberate, seal it again with `CHECKAGENT_SEAL=1 cargo test`, else restore or record it again";

const FIELD: &str = "\"content_hash\"";

/// Checks the hash of a file's text.
pub(super) fn verify(text: &str) -> Result<(), Error> {
    let (before, stated, after) = split(text)?;
    if stated == hash(before, after) {
        return Ok(());
    }
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let message = format!("line {line}, field `content_hash`: the content was changed after it was recorded; {HINT}");
    Err(Error::new(ErrorKind::Tampered, message))
}

/// Puts the right hash into a file's text.
pub(super) fn seal_text(text: &str) -> String {
    match split(text) {
        Ok((before, _, after)) => format!("{before}{}{after}", hash(before, after)),
        Err(_) => text.to_owned(),
    }
}

/// Seals a file again after a deliberate edit: numbers, keys, counts and hash are made from what it now says. The keys of
/// branches stay as their recorder computed them: they depend on what the case had been answered before.
///
/// Returns whether the file changed.
///
/// # Errors
///
/// As [`Cassette::load`], except that the hash, the numbers and the counts may be wrong.
pub fn seal_file(path: impl AsRef<Path>) -> Result<bool, Error> {
    let path = path.as_ref();
    let text = read::read_text(path)?;
    let renumbered: Arc<str> = Arc::from(renumber(&text));
    let cassette = Cassette::parse_unsealed(&renumbered).map_err(|error| error.at(path))?;
    let anew = Cassette::new(cassette.header().clone(), cassette.interactions().to_vec());
    let sealed = anew.with_branches(cassette.branches().to_vec()).to_text();
    if sealed == text {
        return Ok(false);
    }
    write::write_atomically(path, &sealed)?;
    Ok(true)
}

/// Makes numbers, counts and keys acceptable to the reader; they are computed anew afterwards.
fn renumber(text: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let interactions = list(&value, "interactions");
    let mut edits = numbers(&Pointer::root(), interactions);
    for (index, interaction) in interactions.iter().enumerate() {
        if interaction["key"].as_str().and_then(crate::key::Key::parse).is_none() {
            let at = Pointer::root().key("interactions").index(index).key("key");
            edits.push(Edit::Set { at, value: "0".repeat(32).into() });
        }
    }
    for (index, branch) in list(&value, "branches").iter().enumerate() {
        edits.extend(numbers(&Pointer::root().key("branches").index(index), list(branch, "interactions")));
    }
    for (name, channel) in value["channels"].as_object().into_iter().flatten() {
        let count = interactions.iter().filter(|interaction| interaction["channel"] == **name).count();
        if channel["interactions"].as_u64() != Some(count as u64) {
            let at = Pointer::root().key("channels").key(name).key("interactions");
            edits.push(Edit::Set { at, value: count.into() });
        }
    }
    crate::json::apply_all(text, &edits).unwrap_or_else(|| text.to_owned())
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// What makes the numbers of interactions right.
fn numbers(place: &Pointer, interactions: &[Value]) -> Vec<Edit> {
    let wrong = interactions.iter().enumerate().filter(|(index, each)| each["n"].as_u64() != Some(*index as u64 + 1));
    let set =
        |index: usize| Edit::Set { at: place.key("interactions").index(index).key("n"), value: (index + 1).into() };
    wrong.map(|(index, _)| set(index)).collect()
}

/// The hash that a file's text states.
pub(crate) fn stated_hash(text: &str) -> Option<&str> {
    split(text).ok().map(|(_, stated, _)| stated)
}

/// The text before, inside and after the quotes of the hash.
fn split(text: &str) -> Result<(&str, &str, &str), Error> {
    let missing = || Error::malformed("field `content_hash`: not found in the header");
    let field = text.find(FIELD).ok_or_else(missing)?;
    let open = field + FIELD.len() + text[field + FIELD.len()..].find('"').ok_or_else(missing)? + 1;
    let close = open + text[open..].find('"').ok_or_else(missing)?;
    Ok((&text[..open], &text[open..close], &text[close..]))
}

fn hash(before: &str, after: &str) -> String {
    let mut hasher = Xxh3::new();
    for text in [before, after] {
        // A checkout that turns line ends into CR LF is not an edit.
        let mut done = 0;
        for (at, _) in text.match_indices('\r').filter(|(at, _)| text[at + 1..].starts_with('\n')) {
            hasher.update(&text.as_bytes()[done..at]);
            done = at + 1;
        }
        hasher.update(&text.as_bytes()[done..]);
    }
    branch::named(hasher.digest128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_another_system_are_no_edit_and_everything_else_is() {
        let sealed = seal_text(&format!("{{\n  \"content_hash\": \"{UNSEALED}\",\n  \"a\": \"b\"\n}}\n"));
        assert!(verify(&sealed).is_ok());
        assert!(verify(&sealed.replace('\n', "\r\n")).is_ok());
        for edited in [sealed.replace("\"b\"", "\"c\""), sealed.replace('\n', "\r"), sealed.replace('\n', "\r\r\n")] {
            assert!(verify(&edited).is_err(), "{edited:?}");
        }
    }
}
