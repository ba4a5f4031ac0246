//! From a file to a cassette.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;

use super::body::{Body, JsonBody};
use super::branch::{self, Branch};
use super::cassette::Cassette;
use super::fidelity::Fidelity;
use super::header::{Channel, ChannelKind, FormatVersion, Header};
use super::interaction::{
    CallReply, CallRequest, Content, Ending, Frame, Headers, HttpReply, HttpRequest, Interaction, Reply, Request,
};
use super::{seal, wire};
use crate::error::{Error, ErrorKind};
use crate::json::Layout;
use crate::key::Key;
use crate::text::SharedStr;

impl Cassette {
    /// Reads and checks a cassette file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] and [`ErrorKind::Io`] for the file, [`ErrorKind::NewerVersion`], [`ErrorKind::Malformed`]
    /// with line and field, [`ErrorKind::Tampered`] when the content was changed without sealing it again.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = read_text(path)?;
        Self::parse(&text).map_err(|error| error.at(path))
    }

    /// Reads and checks the text of a cassette.
    ///
    /// # Errors
    ///
    /// As [`Cassette::load`], without the file.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let source: Arc<str> = Arc::from(text);
        let cassette = Self::parse_unsealed(&source)?;
        seal::verify(&source)?;
        Ok(cassette)
    }

    /// Reads the content without comparing the hash, which is what sealing needs.
    pub(crate) fn parse_unsealed(source: &Arc<str>) -> Result<Self, Error> {
        let file: wire::File<'_> = serde_json::from_str(source).map_err(|error| explain(source, &error))?;
        if file.checkagent != FormatVersion::CURRENT.number() {
            return Err(version_error(file.checkagent));
        }
        Reader { source }.cassette(file)
    }
}

pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, "reading the cassette", &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::malformed(format!("byte {at} is not UTF-8; a cassette is a UTF-8 text file")).at(path)
    })
}

fn version_error(version: u32) -> Error {
    let current = FormatVersion::CURRENT.number();
    if version > current {
        let message = format!(
            "this cassette has format version {version} and this checkagent reads up to {current}; \
             update checkagent, or record it again with this version"
        );
        Error::new(ErrorKind::NewerVersion, message)
    } else {
        Error::malformed(format!("field `checkagent`: there is no format version {version}"))
    }
}

/// Says which line and field is wrong; only on the way to an error, so it may read the text again.
fn explain(source: &str, error: &serde_json::Error) -> Error {
    if let Ok(wire::Probe { checkagent: Some(version) }) = serde_json::from_str(source)
        && version > FormatVersion::CURRENT.number()
    {
        return version_error(version);
    }
    let mut deserializer = serde_json::Deserializer::from_str(source);
    let tracked: Result<wire::File<'_>, _> = serde_path_to_error::deserialize(&mut deserializer);
    let field = tracked.err().map(|error| error.path().to_string()).filter(|path| path != "." && !path.is_empty());
    let place = field.map_or_else(String::new, |field| format!(", field `{field}`"));
    let hint = if error.is_eof() {
        "; the file ends too early: restore it from version control, or record it again"
    } else {
        ""
    };
    let what = error.to_string();
    let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what);
    Error::malformed(format!("line {}{place}: {what}{hint}", error.line().max(1)))
}

struct Reader<'s> {
    source: &'s Arc<str>,
}

impl Reader<'_> {
    fn cassette(&self, file: wire::File<'_>) -> Result<Cassette, Error> {
        let mut channels = std::collections::BTreeMap::new();
        let mut counts = Vec::new();
        for (name, channel) in file.channels.0 {
            let kind = match (channel.kind, channel.base) {
                (wire::Kind::Http, Some(base)) => ChannelKind::Http { base: base.into_owned() },
                (wire::Kind::Code, None) => ChannelKind::Code,
                (wire::Kind::Http, None) => {
                    return Err(Error::malformed(format!("field `channels.{name}`: an http channel has a `base`")));
                }
                (wire::Kind::Code, Some(_)) => {
                    return Err(Error::malformed(format!("field `channels.{name}`: a code channel has no `base`")));
                }
            };
            counts.push((name.clone().into_owned(), channel.interactions));
            channels.insert(name.into_owned(), Channel { kind });
        }
        let header = Header {
            name: file.name.into_owned(),
            recorded_at: file.recorded_at.into_owned(),
            recorder: file.recorder.into_owned(),
            matching: file.matching,
            channels,
        };
        let mut interactions = Vec::with_capacity(file.interactions.len());
        for (index, interaction) in file.interactions.into_iter().enumerate() {
            interactions.push(self.interaction("", index, interaction, Some(&header))?);
        }
        for (name, expected) in counts {
            let found = interactions.iter().filter(|interaction| interaction.channel == *name.as_str()).count();
            if found != expected {
                return Err(Error::new(
                    ErrorKind::Tampered,
                    format!(
                        "field `channels.{name}.interactions`: says {expected}, but there are {found}; {}",
                        seal::HINT
                    ),
                ));
            }
        }
        let mut branches: Vec<Branch> = Vec::with_capacity(file.branches.len());
        for (index, branch) in file.branches.into_iter().enumerate() {
            branches.push(self.branch(index, branch, &header)?);
        }
        let mut cases = HashSet::new();
        if let Some(twice) = branches.iter().find(|branch| !cases.insert(branch.case.as_str())) {
            let message = format!("field `branches`: there are two branches of the case `{}`; keep one", twice.case);
            return Err(Error::malformed(message));
        }
        Ok(Cassette::from_parts(header, interactions).with_branches(branches))
    }

    fn branch(&self, index: usize, file: wire::Branch<'_>, header: &Header) -> Result<Branch, Error> {
        let place = format!("branches[{index}].");
        let wrong = |field: &str, what: &str| {
            let line = self.line_of(&file.base);
            Err(Error::malformed(format!("line {line}, field `{place}{field}`: {what}")))
        };
        if file.case.is_empty() {
            return wrong("case", "names no case");
        }
        if file.operators.0.is_empty() {
            return wrong("operators", "a case has at least one fault, and a fault an operator");
        }
        if !branch::is_hash(&file.base) {
            return wrong("base", "is no hash of a recording; record the branch again");
        }
        let interactions = file.interactions.into_iter().enumerate();
        Ok(Branch {
            case: file.case.into_owned(),
            operators: file.operators.0.into_iter().map(|(name, version)| (name.into_owned(), version)).collect(),
            base: file.base.into_owned(),
            interactions: interactions
                .map(|(index, interaction)| self.interaction(&place, index, interaction, Some(header)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// `within` names what it is a part of: nothing, or `branches[2].`.
    fn interaction(
        &self,
        within: &str,
        index: usize,
        file: wire::Interaction<'_>,
        header: Option<&Header>,
    ) -> Result<Interaction, Error> {
        let wrong = |field: &str, what: String| {
            let line = self.line_of(&file.key);
            Err(Error::malformed(format!("line {line}, field `{within}interactions[{index}].{field}`: {what}")))
        };
        if file.n != index + 1 {
            return wrong("n", format!("expected {}, found {}; {}", index + 1, file.n, seal::HINT));
        }
        if header.is_some_and(|header| !header.channels.contains_key(&*file.channel)) {
            return wrong("channel", format!("`{}` is not among the header's channels", file.channel));
        }
        let Some(key) = Key::parse(&file.key) else {
            return wrong("key", format!("`{}` is not a key of 32 hexadecimal digits; {}", file.key, seal::HINT));
        };
        let request = match self.request(file.request) {
            Ok(request) => request,
            Err((field, what)) => return wrong(&format!("request{field}"), what.to_owned()),
        };
        let reply = match self.reply(file.reply) {
            Ok(reply) => reply,
            Err((field, what)) => return wrong(&format!("reply{field}"), what.to_owned()),
        };
        if matches!(request, Request::Http(_)) != matches!(reply, Reply::Http(_)) {
            return wrong("reply", "an http request has a `status`, a call has `returned` or `failed`".to_owned());
        }
        let fidelity = match file.fidelity {
            None => Fidelity::Wire,
            Some(name) => match Fidelity::NAMES.iter().find(|(_, known)| *known == name) {
                Some((fidelity, _)) => *fidelity,
                None => return wrong("fidelity", "is none of wire, normalised, lifted, semantic".to_owned()),
            },
        };
        Ok(Interaction {
            number: file.n,
            channel: self.share(file.channel),
            key,
            request,
            reply,
            latency: file.latency_ms.map(Duration::from_millis),
            fidelity,
        })
    }

    fn request(&self, file: wire::Request<'_>) -> Result<Request, Wrong> {
        match (file.method, file.target, file.call) {
            (Some(method), Some(target), None) if file.args.is_none() && file.effect.is_none() && file.id.is_none() => {
                Ok(Request::Http(HttpRequest {
                    method: self.share(method),
                    target: self.share(target),
                    headers: self.headers(file.headers),
                    body: self.body(file.body)?,
                }))
            }
            (None, None, Some(name)) if file.body.is_none() && file.headers.0.is_empty() => {
                Ok(Request::Call(CallRequest {
                    name: self.share(name),
                    effect: file.effect.unwrap_or(true),
                    args: value(file.args).ok_or((".args", "not JSON that fits into memory"))?,
                    id: file.id.map(|id| self.share(id)),
                }))
            }
            _ => Err(("", "has either `method`, `target`, `headers`, `body` or `call`, `effect`, `args`, `id`")),
        }
    }

    fn reply(&self, file: wire::Reply<'_>) -> Result<Reply, Wrong> {
        match (file.status, file.returned, file.failed) {
            (Some(status @ 100..=999), None, None) => {
                let content = match (file.body, file.frames) {
                    (Some(_), Some(_)) => return Err((".frames", "a reply has a `body` or `frames`, not both")),
                    (body, None) => Content::Whole(self.body(body)?),
                    (None, Some(frames)) => {
                        Content::Frames(frames.into_iter().map(|frame| self.frame(frame)).collect::<Result<_, _>>()?)
                    }
                };
                let ending = match file.ending {
                    None => Ending::Complete,
                    Some(name) => Ending::NAMES
                        .iter()
                        .find(|(_, known)| *known == name)
                        .map(|(ending, _)| *ending)
                        .ok_or((".ending", "is none of complete, clean_eof, reset, stall"))?,
                };
                Ok(Reply::Http(HttpReply { status, headers: self.headers(file.headers), content, ending }))
            }
            (Some(_), None, None) => Err((".status", "is no HTTP status")),
            (None, returned @ Some(_), None) => {
                Ok(Reply::Call(CallReply::Returned(value(returned).ok_or((".returned", "not JSON"))?)))
            }
            (None, None, Some(failed)) => Ok(Reply::Call(CallReply::Failed(failed.into_owned()))),
            _ => Err(("", "has exactly one of `status`, `returned`, `failed`")),
        }
    }

    fn frame(&self, file: wire::Frame<'_>) -> Result<Frame, Wrong> {
        let data = match (file.text, file.base64) {
            (Some(text), None) => Body::Text(self.share(text)),
            (None, Some(encoded)) => Body::Bytes(Body::decode(&encoded).ok_or((".frames", "not base64"))?),
            _ => return Err((".frames", "a frame has either `text` or `base64`")),
        };
        Ok(Frame { after: file.after_ms.map(Duration::from_millis), data })
    }

    fn body(&self, file: Option<wire::Body<'_>>) -> Result<Body, Wrong> {
        let Some(file) = file else { return Ok(Body::Empty) };
        match (file.json, file.text, file.base64) {
            (Some(raw), None, None) => {
                let layout = match (file.indent, file.spaced) {
                    (Some(width), _) => Layout::Indented(width),
                    (None, true) => Layout::Spaced,
                    (None, false) => Layout::Compact,
                };
                let text = self.share(Cow::Borrowed(raw.get()));
                Ok(Body::Json(JsonBody { text, layout, newline: file.newline, laid_out: false }))
            }
            (None, Some(text), None) => Ok(Body::Text(self.share(text))),
            (None, None, Some(encoded)) => {
                Body::decode(&encoded).map(Body::Bytes).ok_or((".body.base64", "not base64"))
            }
            _ => Err((".body", "has exactly one of `json`, `text`, `base64`")),
        }
    }

    fn headers(&self, file: wire::Members<'_, wire::Values<'_>>) -> Headers {
        let mut headers = Vec::with_capacity(file.0.len());
        for (name, wire::Values(values)) in file.0 {
            let name = self.share(name);
            headers.extend(values.into_iter().map(|value| (name.clone(), self.share(value))));
        }
        headers
    }

    /// A piece of the file where the text stands there as it is; a copy where the file escapes it.
    fn share(&self, text: Cow<'_, str>) -> SharedStr {
        match text {
            Cow::Borrowed(text) => self.range(text).map_or_else(
                || SharedStr::from(text),
                |start| SharedStr::slice(self.source, start..start + text.len()),
            ),
            Cow::Owned(text) => SharedStr::from(text),
        }
    }

    fn range(&self, piece: &str) -> Option<usize> {
        let start = (piece.as_ptr() as usize).checked_sub(self.source.as_ptr() as usize)?;
        (start + piece.len() <= self.source.len()).then_some(start)
    }

    fn line_of(&self, piece: &str) -> usize {
        let start = self.range(piece).unwrap_or(0);
        self.source[..start].matches('\n').count() + 1
    }
}

type Wrong = (&'static str, &'static str);

fn value(raw: Option<&RawValue>) -> Option<serde_json::Value> {
    serde_json::from_str(raw?.get()).ok()
}

/// Reads one interaction by itself, as a journal holds it.
pub(crate) fn parse_interaction(source: &Arc<str>) -> Result<Interaction, Error> {
    let file: wire::Interaction<'_> =
        serde_json::from_str(source).map_err(|error| Error::malformed(error.to_string()))?;
    let index = file.n.saturating_sub(1);
    Reader { source }.interaction("", index, file, None)
}
