//! Where a text of somebody else stands in what an agent reads.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use checkagent_cassette::analysis::{Endpoint, Place};
use checkagent_cassette::json::{Edit, Pointer, Step, leaves};
use checkagent_cassette::{Body, Content, HttpReply, Reply};

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::recording::Recording;
use crate::recording::message::{Answer, Asked, exchange, exchanges};

/// Endpoints that are looked at; a recording with more has more places than any test keeps.
const ENDPOINTS: usize = 24;

/// A text in a reply.
#[derive(Debug)]
pub(super) struct Carrier {
    /// The interaction's number.
    pub number: usize,
    /// Its place in the document; `None` where the text is the body.
    pub pointer: Option<Pointer>,
    /// Higher is better.
    pub rank: u32,
}

/// What becomes of the texts of a recording.
struct Fate(HashMap<(usize, Pointer), Sink>);

/// Where a text turns up again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sink {
    /// A model is shown it.
    Model,
    /// It is sent on.
    Body,
    /// It says what is asked for next: changed, it would ask for what is in no recording.
    Address,
}

impl Fate {
    fn of(recording: &Recording) -> Self {
        let mut fates: HashMap<(usize, Pointer), Sink> = HashMap::new();
        for link in recording.flow().links() {
            let Place::Body(source, _) = &link.source else { continue };
            let sink = match &link.sink {
                _ if recording.asks_a_model(link.to) => Sink::Model,
                Place::Body(..) => Sink::Body,
                _ => Sink::Address,
            };
            let fate = fates.entry((link.from, source.clone())).or_insert(sink);
            *fate = sink.max(*fate);
        }
        Self(fates)
    }
}

/// Whether it is a header of a reply inside the reply, as batches have them: nobody writes there, and nobody reads it.
fn is_of_protocol(place: &Pointer) -> bool {
    place.steps().iter().any(|step| matches!(step, Step::Key(key) if key.eq_ignore_ascii_case("headers")))
}

/// The best carriers of a kind: at most so many of an endpoint, and so many in all.
pub(super) fn carriers(
    recording: &Recording,
    per_endpoint: usize,
    in_all: usize,
    fits: impl Fn(&Pointer, &str) -> bool,
) -> Vec<Carrier> {
    let fate = Fate::of(recording);
    let mut carriers = Vec::new();
    for number in replies(recording) {
        let mut found = Vec::new();
        if let Some(document) = document(recording, number) {
            leaves(&document, &mut |place, value| {
                let Some(text) = value.as_str().filter(|text| fits(place, text)) else { return };
                if is_of_protocol(place) {
                    return;
                }
                let worth = match fate.0.get(&(number, place.clone())) {
                    Some(Sink::Address) => return,
                    Some(Sink::Model) => 30,
                    Some(Sink::Body) => 5,
                    None => 15,
                };
                let length = u32::try_from(text.len().min(600) / 30).unwrap_or_default();
                found.push(Carrier { number, pointer: Some(place.clone()), rank: 40 + worth + length });
            });
        } else if let Some(text) = plain_text(recording, number)
            && fits(&Pointer::root(), text)
        {
            found.push(Carrier { number, pointer: None, rank: 60 });
        }
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.pointer.cmp(&b.pointer)));
        found.truncate(per_endpoint);
        carriers.extend(found);
    }
    carriers.sort_by_key(|carrier| std::cmp::Reverse(carrier.rank));
    carriers.truncate(in_all);
    carriers
}

/// One successful reply of each endpoint, and of each tool, that brings content of others.
fn replies(recording: &Recording) -> Vec<usize> {
    let exchanges = exchanges(recording);
    let asked: HashMap<usize, &Asked> = exchanges.iter().map(|exchange| (exchange.number, exchange.asked)).collect();
    let mut seen: BTreeSet<(&Endpoint, Option<&str>)> = BTreeSet::new();
    let brings = |number: &usize| {
        let interaction = recording.interaction(*number);
        let content = ["tools/call", "resources/read", "prompts/get"];
        let about_the_server = asked.get(number).is_some_and(|asked| !content.contains(&asked.method.as_str()));
        interaction.reply.is_success() && !recording.asks_a_model(*number) && !about_the_server
    };
    (1..=recording.interactions().len())
        .filter(brings)
        .filter(|number| seen.insert((recording.endpoint(*number), asked.get(number).and_then(|asked| asked.tool()))))
        .take(ENDPOINTS)
        .collect()
}

/// The document of a reply; of a streamed answer of an MCP server its message.
pub(super) fn document(recording: &Recording, number: usize) -> Option<Cow<'_, Value>> {
    let streamed = || exchange(recording, number)?.answer().map(|answer| answer.message);
    recording.reply_document(number).or_else(streamed)
}

/// A body that is read as it stands; a text after the end of other formats would break them.
fn plain_text(recording: &Recording, number: usize) -> Option<&str> {
    let Reply::Http(http) = &recording.interaction(number).reply else { return None };
    let media = http.header("content-type").unwrap_or_default();
    let Content::Whole(body) = &http.content else { return None };
    let read = ["text/html", "text/plain", "text/markdown"].iter().any(|known| media.starts_with(known));
    body.text()
        .filter(|text| read && !text.trim_start().starts_with(['{', '[']) && !text.trim_start().starts_with("<?xml"))
}

/// The reply with another text at a place.
pub(super) fn retold(
    recording: &Recording,
    number: usize,
    pointer: Option<&Pointer>,
    tell: impl FnOnce(&str) -> String,
) -> Bend {
    let reply = &recording.interaction(number).reply;
    let Some(at) = pointer else {
        let mut reply = reply.clone();
        if let Reply::Http(HttpReply { content: Content::Whole(body), .. }) = &mut reply {
            *body = Body::from_bytes(tell(body.text().unwrap_or_default()).as_bytes());
        }
        return Bend::Replace { at: number, reply, times: None };
    };
    let old = document(recording, number).unwrap_or_default();
    let old = at.resolve(&old).into_iter().next().and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned();
    let edit = Edit::Set { at: at.clone(), value: tell(&old).into() };
    let streamed = exchange(recording, number).and_then(|exchange| exchange.answer()).filter(Answer::is_streamed);
    match streamed {
        Some(answer) => Bend::Replace { at: number, reply: Reply::Http(answer.edited(&[edit])), times: None },
        None => Bend::Rewrite { at: number, scope: Scope::Interaction, rewrite: Rewrite::edit(edit) },
    }
}

/// Whether a text is prose, and no document, link or code.
pub(super) fn is_prose(text: &str) -> bool {
    let trimmed = text.trim_start();
    let words = text.split_whitespace().take(3).count();
    words == 3 && text.len() >= 16 && !(trimmed.starts_with(['{', '[']) && serde_json::from_str::<Value>(text).is_ok())
}

/// Whether a text is the name of something: a file, a title, the subject of a mail.
pub(super) fn is_name(place: &Pointer, text: &str) -> bool {
    const NAMING: [&str; 12] = [
        "name",
        "title",
        "subject",
        "filename",
        "file_name",
        "fileName",
        "display_name",
        "displayName",
        "label",
        "headline",
        "summary",
        "topic",
    ];
    let short = (2..=160).contains(&text.len()) && !text.contains(['\n', '\r']) && !text.contains("://");
    let named = place.field().is_some_and(|field| NAMING.contains(&field));
    short && text.chars().any(char::is_alphabetic) && (named || extension(text).is_some())
}

/// Where the extension of a file name begins.
pub(super) fn extension(text: &str) -> Option<usize> {
    const KNOWN: [&str; 24] = [
        "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv", "txt", "md", "json", "yaml", "yml", "xml", "html",
        "png", "jpg", "jpeg", "gif", "svg", "zip", "log", "eml", "ics",
    ];
    let (name, ending) = text.rsplit_once('.')?;
    let known = KNOWN.iter().any(|known| ending.eq_ignore_ascii_case(known));
    (known && !name.is_empty() && !text.contains('@')).then_some(name.len())
}
