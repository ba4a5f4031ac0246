//! What a message carries.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::json::Layout;
use crate::text::SharedStr;

/// The content of a request or a reply. JSON stays readable in the file and still gives back its exact bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON document.
    Json(JsonBody),
    /// Any other UTF-8 text.
    Text(SharedStr),
    /// Anything else.
    Bytes(Vec<u8>),
}

/// A JSON document and how its bytes were spaced.
#[derive(Clone, Debug)]
pub struct JsonBody {
    pub(crate) text: SharedStr,
    pub(crate) layout: Layout,
    pub(crate) newline: bool,
    /// Whether the text is known to be spaced as its layout says.
    pub(crate) laid_out: bool,
}

impl PartialEq for JsonBody {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.layout == other.layout && self.newline == other.newline
    }
}

impl Eq for JsonBody {}

impl JsonBody {
    /// The document as JSON text, spaced for reading or as sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn laid_out(&self) -> String {
        if self.laid_out { self.text.to_string() } else { self.layout.apply(&self.text) }
    }
}

impl Body {
    /// Chooses the most readable form that gives back exactly these bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::Body;
    ///
    /// let body = Body::from_bytes(br#"{"b":1.10,"a":2}"#);
    /// assert!(body.json().is_some());
    /// assert_eq!(&*body.to_bytes(), br#"{"b":1.10,"a":2}"#);
    /// assert!(matches!(Body::from_bytes(&[0xff, 0]), Body::Bytes(_)));
    /// ```
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::Bytes(bytes.to_owned()) };
        Self::json_from(text).unwrap_or_else(|| Self::Text(text.into()))
    }

    /// A JSON body with the compact bytes of `value`.
    #[must_use]
    pub fn from_json(value: &Value) -> Self {
        let text = SharedStr::from(value.to_string());
        Self::Json(JsonBody { text, layout: Layout::Compact, newline: false, laid_out: true })
    }

    fn json_from(text: &str) -> Option<Self> {
        let document = text.strip_suffix('\n').unwrap_or(text);
        // A bare word or number is more readable as text, and no API sends it as its document.
        if !document.starts_with(['{', '[']) {
            return None;
        }
        serde_json::from_str::<&serde_json::value::RawValue>(document).ok()?;
        let layout = Layout::of(document)?;
        let newline = document.len() != text.len();
        Some(Self::Json(JsonBody { text: document.into(), layout, newline, laid_out: true }))
    }

    /// The bytes as they were sent.
    #[must_use]
    pub fn to_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Empty => Cow::Borrowed(&[]),
            Self::Json(json) if json.laid_out && !json.newline => Cow::Borrowed(json.text.as_bytes()),
            Self::Json(json) => {
                let mut text = json.laid_out();
                if json.newline {
                    text.push('\n');
                }
                Cow::Owned(text.into_bytes())
            }
            Self::Text(text) => Cow::Borrowed(text.as_bytes()),
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
        }
    }

    /// The same body; the text of a JSON document is spaced as it was sent, so that its bytes need not be made again.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::Body;
    ///
    /// let body = Body::from_bytes(br#"{"a": [1, 2]}"#);
    /// assert_eq!(body.as_sent().to_bytes(), body.to_bytes());
    /// ```
    #[must_use]
    pub fn as_sent(&self) -> Self {
        match self {
            Self::Json(json) if !json.laid_out => {
                Self::Json(JsonBody { text: json.laid_out().into(), laid_out: true, ..json.clone() })
            }
            other => other.clone(),
        }
    }

    /// The JSON document as a value, if this is one, however it is spaced.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.json_text()?).ok()
    }

    /// The text of what looks like a JSON document.
    pub(crate) fn json_text(&self) -> Option<&str> {
        match self {
            Self::Json(json) => Some(&json.text),
            Self::Text(text) => Some(text.as_str()).filter(|text| text.trim_start().starts_with(['{', '['])),
            Self::Empty | Self::Bytes(_) => None,
        }
    }

    /// The JSON document or text as text, if it is either.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Json(json) => Some(&json.text),
            Self::Text(text) => Some(text),
            Self::Empty | Self::Bytes(_) => None,
        }
    }

    /// The same body with its text (or JSON text) replaced by what `change` makes of it.
    ///
    /// A JSON body stays JSON if the result is valid JSON, and becomes text otherwise.
    #[must_use]
    pub fn map_text(&self, change: impl FnOnce(&str) -> Option<String>) -> Self {
        let Some(changed) = self.text().and_then(change) else { return self.clone() };
        match self {
            Self::Json(json) if serde_json::from_str::<&serde_json::value::RawValue>(&changed).is_ok() => {
                Self::Json(JsonBody { text: changed.into(), laid_out: false, ..json.clone() })
            }
            _ => Self::Text(changed.into()),
        }
    }

    pub(crate) fn encode(bytes: &[u8]) -> String {
        STANDARD.encode(bytes)
    }

    pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
        STANDARD.decode(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_bytes_comes_back_exactly() {
        let bodies: [&[u8]; 8] = [
            b"",
            br#"{"a":1.0}"#,
            b"{\"a\": [1, 2]}\n",
            b"{ \"odd\" :1}",
            b"plain",
            b"12",
            &[0, 159, 146, 150],
            b"{broken",
        ];
        for bytes in bodies {
            assert_eq!(&*Body::from_bytes(bytes).to_bytes(), bytes);
        }
    }

    #[test]
    fn indented_json_is_json_and_odd_json_is_still_a_document() {
        for width in [1, 2, 3, 4, 8] {
            let pad = " ".repeat(width);
            let text = format!("{{\n{pad}\"a\": [\n{pad}{pad}1,\n{pad}{pad}{{}}\n{pad}],\n{pad}\"b\": []\n}}");
            let body = Body::from_bytes(text.as_bytes());
            assert!(matches!(body, Body::Json(_)), "{text}");
            assert_eq!(&*body.to_bytes(), text.as_bytes());
        }
        let odd = Body::from_bytes(b"{ \"a\" :1 }");
        assert!(matches!(odd, Body::Text(_)));
        assert_eq!(odd.json(), Some(serde_json::json!({"a": 1})));
        assert_eq!(Body::from_bytes(b"12").json(), None);
    }

    #[test]
    fn text_that_stops_being_json_is_kept_as_text() {
        let body = Body::from_bytes(br#"{"a":1}"#).map_text(|text| Some(text[..4].to_owned()));
        assert!(matches!(body, Body::Text(_)));
    }
}
