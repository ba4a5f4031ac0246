//! Text that is shared instead of copied.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use percent_encoding::percent_decode_str;

/// A piece of a shared text, normally of the cassette file that it was read from.
///
/// Cloning costs a reference count. Ten thousand interactions read from one file keep one copy of that file.
#[derive(Clone)]
pub struct SharedStr {
    source: Arc<str>,
    start: u32,
    end: u32,
}

impl SharedStr {
    /// The piece of `source` at `range` (bytes).
    ///
    /// # Panics
    ///
    /// If the range is outside `source` or cuts a character; both are mistakes of the caller, not of the input.
    #[must_use]
    pub fn slice(source: &Arc<str>, range: Range<usize>) -> Self {
        assert!(source.get(range.clone()).is_some(), "range outside the shared text");
        let position = |at: usize| u32::try_from(at).expect("shared texts are limited to 4 GiB");
        Self { source: Arc::clone(source), start: position(range.start), end: position(range.end) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source[self.start as usize..self.end as usize]
    }
}

impl Deref for SharedStr {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for SharedStr {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for SharedStr {
    fn from(text: &str) -> Self {
        let source: Arc<str> = Arc::from(text);
        let end = source.len();
        Self::slice(&source, 0..end)
    }
}

impl From<String> for SharedStr {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Default for SharedStr {
    fn default() -> Self {
        Self::from("")
    }
}

impl fmt::Debug for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for SharedStr {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for SharedStr {}

impl PartialEq<str> for SharedStr {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for SharedStr {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// A piece of a query or form without its encoding: `%20` and `+` are spaces.
pub(crate) fn decode_form(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return text.into();
    }
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned().into()
}
