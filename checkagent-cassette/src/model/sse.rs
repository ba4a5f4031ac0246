//! Server-sent events as the WHATWG specifies them, over bytes.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

mod decoder;
mod lines;

pub use decoder::Decoder;
use lines::{Ends, cut_line};

/// One event of a stream.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::sse;
///
/// let event = sse::events(b"event: ping\nid: 7\ndata: a\ndata: b\n\n").next().unwrap();
/// assert_eq!((&*event.name, &*event.data, &*event.id), ("ping", "a\nb", "7"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'b> {
    /// What `event:` says; `message` where it says nothing.
    pub name: Cow<'b, str>,
    /// The `data:` lines, joined by line feeds.
    pub data: Cow<'b, str>,
    /// The last `id:` of the stream up to here; empty before the first.
    pub id: Cow<'b, str>,
    /// The last `retry:` of the stream up to here.
    pub retry: Option<Duration>,
}

impl Event<'_> {
    /// The same event with texts of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::sse::{self, Event};
    ///
    /// let first: Option<Event<'static>> = sse::events(b"data: a\n\n").next().map(Event::into_owned);
    /// assert_eq!(first.unwrap().data, "a");
    /// ```
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        Event {
            name: self.name.into_owned().into(),
            data: self.data.into_owned().into(),
            id: self.id.into_owned().into(),
            retry: self.retry,
        }
    }
}

/// Cuts a body into pieces, one an event with the blank lines that end it. Put together they are the body; what no
/// blank line ends is the last piece.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::sse;
///
/// assert_eq!(sse::frames(b"data: a\n\ndata: b\r\n\r\ndata"), [0..9, 9..20, 20..24]);
/// ```
#[must_use]
pub fn frames(body: &[u8]) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    let mut ends = Ends::default();
    let mut start = 0;
    while start < body.len() {
        let Some(end) = ends.next_end(body, start) else {
            frames.push(start..body.len());
            break;
        };
        let blank = body[end..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        ends = Ends::default();
        frames.push(start..end + blank);
        start = end + blank;
    }
    frames
}

/// The events of a body. As the specification says, what no blank line ends is no event, nor is one without a `data` line.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::sse;
///
/// let body = b": a comment\n\ndata: {\"a\":1}\n\ndata: cut off";
/// assert_eq!(sse::events(body).map(|event| event.data).collect::<Vec<_>>(), [r#"{"a":1}"#]);
/// ```
#[must_use]
pub fn events(body: &[u8]) -> Events<'_> {
    let rest = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    Events { rest, id: Cow::Borrowed(""), retry: None }
}

/// The events of a body, from [`events`].
#[derive(Clone, Debug)]
pub struct Events<'b> {
    rest: &'b [u8],
    id: Cow<'b, str>,
    retry: Option<Duration>,
}

impl<'b> Iterator for Events<'b> {
    type Item = Event<'b>;

    fn next(&mut self) -> Option<Event<'b>> {
        let mut name = Cow::Borrowed("");
        let mut data: Option<Cow<'b, str>> = None;
        loop {
            let line = cut_line(&mut self.rest)?;
            if line.is_empty() {
                match data.take() {
                    Some(data) => {
                        let name = if name.is_empty() { Cow::Borrowed("message") } else { name };
                        return Some(Event { name, data, id: self.id.clone(), retry: self.retry });
                    }
                    None => name = Cow::Borrowed(""),
                }
                continue;
            }
            let (field, value) = field(line);
            match field {
                b"event" => name = value,
                b"data" => match &mut data {
                    None => data = Some(value),
                    Some(data) => {
                        let data = data.to_mut();
                        data.push('\n');
                        data.push_str(&value);
                    }
                },
                b"id" if !value.contains('\0') => self.id = value,
                b"retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                    self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
                }
                _ => {}
            }
        }
    }
}

/// A line in field and value; a comment has an empty field.
fn field(line: &[u8]) -> (&[u8], Cow<'_, str>) {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return (line, "".into()) };
    let value = &line[colon + 1..];
    let value = value.strip_prefix(b" ").unwrap_or(value);
    // Nearly all of them are texts, which is told faster than what is wrong in others is found.
    (&line[..colon], std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed))
}

#[cfg(test)]
mod tests;
