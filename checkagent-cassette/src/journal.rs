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
use crate::format::{Interaction, parse_interaction, write};

/// The journal that belongs to a cassette: `records.json` is recorded in `records.journal`.
#[must_use]
pub fn journal_path(cassette: &Path) -> PathBuf {
    cassette.with_extension("journal")
}

/// An open journal. One recorder at a time; dropping it keeps the file.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

/// What an earlier recorder left behind.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Its completed interactions, in order.
    pub interactions: Vec<Interaction>,
    /// Bytes at the end that were no complete line; they are gone.
    pub torn_bytes: u64,
}

#[derive(Deserialize)]
struct Line<'l> {
    sum: String,
    #[serde(borrow)]
    interaction: &'l RawValue,
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
        let (recovered, good) = recover(&bytes).map_err(|error| error.at(&path))?;
        let mut journal = Self { path, file };
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

    /// Removes the journal: its cassette is written, or its test failed.
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
            let Some(interaction) = text.and_then(|text| read_line(text, index)) else { break };
            recovered.interactions.push(interaction);
        }
        good += line.len() as u64;
    }
    recovered.torn_bytes = bytes.len() as u64 - good;
    Ok((recovered, good))
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
            latency: Duration::from_millis(3),
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

    #[test]
    fn a_second_recorder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let cassette = folder.path().join("c.json");
        let _first = Journal::open(&cassette).unwrap();
        assert_eq!(Journal::open(&cassette).unwrap_err().kind(), ErrorKind::Busy);
    }
}
