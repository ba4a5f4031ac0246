//! The recording while it is being made.
//!
//! Every completed interaction is one line, written before the agent gets the reply. A recorder that is killed loses
//! nothing that was complete: the next start reads the lines back and goes on.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::FileExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, ErrorKind};
use crate::format::{Cassette, Interaction, parse_interaction, stated_hash, write};

/// The journal that belongs to a cassette: `records.json` is recorded in `records.journal`.
#[must_use]
pub fn journal_path(cassette: &Path) -> PathBuf {
    cassette.with_extension("journal")
}

/// An open journal. One recorder at a time; dropping it keeps the file.
#[derive(Debug)]
pub struct Journal {
    cassette: PathBuf,
    path: PathBuf,
    file: File,
    /// How long it was when it was opened.
    recovered: u64,
}

/// What an earlier recorder left behind.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Its completed interactions, in order.
    pub interactions: Vec<Interaction>,
    /// Bytes at the end that were no complete line; they are gone.
    pub torn_bytes: u64,
    /// The hash of the cassette that was about to be written when the recorder ended.
    finished: Option<String>,
}

#[derive(Deserialize)]
struct Line<'l> {
    sum: String,
    #[serde(borrow)]
    interaction: &'l RawValue,
}

/// What is written just before the cassette is put in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastLine {
    finished: String,
}

const FIRST_LINE: &str = "{\"checkagent_journal\":1}\n";

impl Journal {
    /// Opens the journal of a cassette, and recovers what an earlier recorder left in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] when another recorder holds it, [`ErrorKind::Io`], [`ErrorKind::NewerVersion`].
    pub fn open(cassette: &Path) -> Result<(Self, Recovered), Error> {
        let path = journal_path(cassette);
        let failed = |error: &std::io::Error| Error::io(&path, "opening the journal", error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let file =
            OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(|error| failed(&error))?;
        if !matches!(FileExt::try_lock(&file), Ok(())) {
            let message = "another test is recording this cassette; give each recording test a cassette of its own";
            return Err(Error::new(ErrorKind::Busy, message).at(&path));
        }
        let bytes = std::fs::read(&path).map_err(|error| failed(&error))?;
        let (mut recovered, mut good) = recover(&bytes).map_err(|error| error.at(&path))?;
        // A recorder that was killed after its cassette was in place left nothing to be done.
        if recovered.finished.is_some() && recovered.finished == hash_in(cassette) {
            (recovered, good) = (Recovered::default(), 0);
        }
        let mut journal = Self { cassette: cassette.to_owned(), path, file, recovered: good };
        let repaired = journal.file.set_len(good).and_then(|()| journal.file.seek(SeekFrom::End(0)));
        repaired.map_err(|error| Error::io(&journal.path, "repairing the journal", &error))?;
        if good == 0 {
            journal.write(FIRST_LINE)?;
        }
        Ok((journal, recovered))
    }

    /// The interactions in the journal of a cassette, if one is there; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], [`ErrorKind::NewerVersion`].
    pub fn peek(cassette: &Path) -> Result<Option<Recovered>, Error> {
        let path = journal_path(cassette);
        match std::fs::read(&path) {
            Ok(bytes) => recover(&bytes).map(|(recovered, _)| Some(recovered)).map_err(|error| error.at(&path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(&path, "reading the journal", &error)),
        }
    }

    /// Removes the journal of a recorder that was killed after its cassette was in place: nothing is left to be done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], [`ErrorKind::NewerVersion`].
    pub fn tidy(cassette: &Path) -> Result<(), Error> {
        let spent = |recovered: &Recovered| recovered.finished.is_some() && recovered.finished == hash_in(cassette);
        if !Self::peek(cassette)?.as_ref().is_some_and(spent) {
            return Ok(());
        }
        match Self::open(cassette) {
            Ok((journal, _)) => journal.remove(),
            // Its recorder is still there, and removes it itself.
            Err(error) if error.kind() == ErrorKind::Busy => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Adds a completed interaction (redacted by the caller); it survives the process as soon as this returns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`].
    pub fn append(&mut self, interaction: &Interaction) -> Result<(), Error> {
        let json = write::interaction_json(interaction);
        let sum = xxh3_64(json.as_bytes());
        self.write(&format!("{{\"sum\":\"{sum:016x}\",\"interaction\":{json}}}\n"))
    }

    /// Writes the finished cassette, and removes the journal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`].
    pub fn complete(mut self, cassette: &Cassette) -> Result<(), Error> {
        let text = cassette.to_text();
        if let Some(hash) = stated_hash(&text) {
            self.write(&format!("{{\"finished\":\"{hash}\"}}\n"))?;
        }
        write::write_atomically(&self.cassette, &text)?;
        self.remove()
    }

    /// Takes back what was added since it was opened: the test failed. What an earlier recorder left stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`].
    pub fn roll_back(self) -> Result<(), Error> {
        if self.recovered <= FIRST_LINE.len() as u64 {
            return self.remove();
        }
        self.file.set_len(self.recovered).map_err(|error| Error::io(&self.path, "rolling the journal back", &error))
    }

    /// Removes the journal with all that is in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`].
    pub fn remove(self) -> Result<(), Error> {
        std::fs::remove_file(&self.path).map_err(|error| Error::io(&self.path, "removing the journal", &error))
    }

    fn write(&mut self, line: &str) -> Result<(), Error> {
        // One write call a line: a kill between two calls leaves whole lines only.
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.flush());
        written.map_err(|error| Error::io(&self.path, "writing the journal", &error))
    }
}

/// The complete lines, and the length of what is good.
fn recover(bytes: &[u8]) -> Result<(Recovered, u64), Error> {
    let mut recovered = Recovered::default();
    let mut good = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = std::str::from_utf8(line).ok().filter(|text| text.ends_with('\n'));
        if index == 0 {
            match text {
                Some(FIRST_LINE) => {}
                Some(other) if other.contains("checkagent_journal") => {
                    let message =
                        "the journal was written by another version; finish the recording with that one, or delete it";
                    return Err(Error::new(ErrorKind::NewerVersion, message));
                }
                _ => break,
            }
        } else {
            let Some(text) = text else { break };
            if let Ok(last) = serde_json::from_str::<LastLine>(text) {
                recovered.finished = Some(last.finished);
            } else {
                let Some(interaction) = read_line(text, recovered.interactions.len() + 1) else { break };
                recovered.interactions.push(interaction);
            }
        }
        good += line.len() as u64;
    }
    recovered.torn_bytes = bytes.len() as u64 - good;
    Ok((recovered, good))
}

fn hash_in(cassette: &Path) -> Option<String> {
    stated_hash(&std::fs::read_to_string(cassette).ok()?).map(str::to_owned)
}

fn read_line(line: &str, number: usize) -> Option<Interaction> {
    let line: Line<'_> = serde_json::from_str(line).ok()?;
    let json = line.interaction.get();
    if format!("{:016x}", xxh3_64(json.as_bytes())) != line.sum {
        return None;
    }
    let mut interaction = parse_interaction(&Arc::from(json)).ok()?;
    interaction.number = number;
    Some(interaction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Body, Content, HttpReply, HttpRequest, Reply, Request};
    use std::time::Duration;

    fn interaction(number: usize) -> Interaction {
        let request =
            HttpRequest { method: "GET".into(), target: format!("/{number}").into(), ..HttpRequest::default() };
        let content = Content::Whole(Body::from_bytes(br#"{"a":[1.10,"x"]}"#));
        Interaction {
            number,
            channel: "api".into(),
            key: crate::key::Key::default(),
            request: Request::Http(request),
            reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }),
            latency: Some(Duration::from_millis(3)),
            fidelity: crate::format::Fidelity::Wire,
        }
    }

    #[test]
    fn every_cut_of_a_journal_keeps_the_complete_lines() {
        let folder = tempfile::tempdir().unwrap();
        let cassette = folder.path().join("c.json");
        let (mut journal, _) = Journal::open(&cassette).unwrap();
        for number in 1..=3 {
            journal.append(&interaction(number)).unwrap();
        }
        drop(journal);
        let whole = std::fs::read(journal_path(&cassette)).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(journal_path(&cassette), &whole[..cut]).unwrap();
            let lines = String::from_utf8_lossy(&whole[..cut]).matches('\n').count();
            let (mut journal, recovered) = Journal::open(&cassette).unwrap();
            assert_eq!(recovered.interactions.len(), lines.saturating_sub(1), "cut at {cut}");
            journal.append(&interaction(9)).unwrap();
            drop(journal);
            let again = Journal::peek(&cassette).unwrap().unwrap();
            assert_eq!((again.interactions.len(), again.torn_bytes), (lines.saturating_sub(1) + 1, 0));
        }
    }

    fn cassette(interactions: Vec<Interaction>) -> Cassette {
        let header = crate::format::Header {
            name: "c".to_owned(),
            recorded_at: "2026-01-01T00:00:00Z".to_owned(),
            recorder: "test".to_owned(),
            matching: crate::key::Matching::default(),
            channels: std::collections::BTreeMap::from([(
                "api".to_owned(),
                crate::format::Channel { kind: crate::format::ChannelKind::Code },
            )]),
        };
        Cassette::new(header, interactions)
    }

    #[test]
    fn a_journal_whose_cassette_is_in_place_is_spent_and_one_whose_cassette_is_not_is_recovered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.append(&interaction(1)).unwrap();
        journal.complete(&cassette(vec![interaction(1)])).unwrap();
        assert!(!journal_path(&path).exists());

        // Killed just before and just after the cassette was put in its place.
        let hash = hash_in(&path).unwrap();
        for (hash, left) in [("xxh3:another", 1), (hash.as_str(), 0)] {
            let (mut journal, _) = Journal::open(&path).unwrap();
            journal.append(&interaction(1)).unwrap();
            journal.write(&format!("{{\"finished\":\"{hash}\"}}\n")).unwrap();
            drop(journal);
            let (journal, recovered) = Journal::open(&path).unwrap();
            assert_eq!(recovered.interactions.len(), left);
            journal.remove().unwrap();
        }
    }

    #[test]
    fn only_a_spent_journal_that_nobody_holds_is_tidied_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        Journal::tidy(&path).unwrap();
        let (journal, _) = Journal::open(&path).unwrap();
        journal.complete(&cassette(vec![interaction(1)])).unwrap();
        let hash = hash_in(&path).unwrap();
        for (hash, left) in [("xxh3:another", true), (hash.as_str(), false)] {
            let (mut journal, _) = Journal::open(&path).unwrap();
            journal.append(&interaction(1)).unwrap();
            journal.write(&format!("{{\"finished\":\"{hash}\"}}\n")).unwrap();
            Journal::tidy(&path).unwrap();
            assert!(journal_path(&path).exists(), "its recorder is still there");
            drop(journal);
            Journal::tidy(&path).unwrap();
            assert_eq!(journal_path(&path).exists(), left);
            let _ = std::fs::remove_file(journal_path(&path));
        }
    }

    #[test]
    fn rolling_back_leaves_what_an_earlier_recorder_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.append(&interaction(1)).unwrap();
        drop(journal);
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.append(&interaction(2)).unwrap();
        journal.roll_back().unwrap();
        assert_eq!(Journal::peek(&path).unwrap().unwrap().interactions.len(), 1);
        std::fs::remove_file(journal_path(&path)).unwrap();
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.append(&interaction(1)).unwrap();
        journal.roll_back().unwrap();
        assert!(!journal_path(&path).exists());
    }

    #[test]
    fn a_second_recorder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let cassette = folder.path().join("c.json");
        let _first = Journal::open(&cassette).unwrap();
        assert_eq!(Journal::open(&cassette).unwrap_err().kind(), ErrorKind::Busy);
    }
}
