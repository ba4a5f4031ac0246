//! What can go wrong with a cassette.

use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of problem an [`Error`] is, for code that reacts to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no file at that path.
    Missing,
    /// The file could not be read or written.
    Io,
    /// The text is not what the format says; the message names line and field.
    Malformed,
    /// The file was written by a newer format version.
    NewerVersion,
    /// The content does not match the hash in the header.
    Tampered,
    /// Another recorder holds the journal.
    Busy,
}

/// A problem with a cassette or its journal: what, where, and what to do next.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::{Cassette, ErrorKind};
///
/// let error = Cassette::load("no/such/cassette.json").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Missing);
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    path: Option<PathBuf>,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, path: None, message: message.into() }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    pub(crate) fn io(path: &Path, action: &str, error: &std::io::Error) -> Self {
        let kind = if error.kind() == std::io::ErrorKind::NotFound { ErrorKind::Missing } else { ErrorKind::Io };
        Self::new(kind, format!("{action} failed: {error}")).at(path)
    }

    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// What kind of problem this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file concerned, where one is known.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
