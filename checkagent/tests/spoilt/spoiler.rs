//! Spoils recordings in ways that follow from a number.

use checkagent::cassette::json::{Edit, Pointer, apply_all, leaves};
use checkagent::cassette::{Body, CallReply, Content, Ending, Fidelity, Frame, HttpReply, Interaction, Reply, Request};
use serde_json::{Map, Value, json};

/// A source of choices.
pub struct Spoiler(u64);

/// Names of members that are hard on pointers, paths and file names.
const KEYS: [&str; 12] = ["", "/", "~", "~1", "a.b", "*", "\"", "\\", "\u{0}", "\u{1f600}", "id", "0"];
const TEXTS: [&str; 16] = [
    "",
    " ",
    "\u{feff}",
    "\u{0}\u{1}",
    "\u{1f468}\u{200d}\u{1f469}",
    "2026-02-30T25:61:61Z",
    "{{origin:api}}/x",
    "%ZZ",
    "http://[",
    "9999-12-31T23:59:59Z",
    "e23dd0a1-efdb-403f-a734-2e7fdaaa0621",
    "-0",
    "1e400",
    "data: x\n\n",
    "\u{e4}\u{df}",
    "{\"a\":",
];
const NUMBERS: [&str; 10] = [
    "1e400",
    "-0",
    "-0.0",
    "123456789012345678901234567890",
    "18446744073709551615",
    "9223372036854775808",
    "-9223372036854775808",
    "5e-324",
    "1E+2",
    "0.1",
];
const TYPES: [&str; 8] = [
    "",
    "application/json",
    "text/event-stream",
    "text/html; charset=latin-1",
    "application/x-ndjson",
    "multipart/mixed",
    "application/vnd.amazon.eventstream",
    "\u{e4}",
];
const TARGETS: [&str; 10] = [
    "/",
    "",
    "*",
    "/v1/records?",
    "/v1/records?cursor=&cursor=x&limit=-1",
    "/a//b/../c",
    "/%00/%2F?%3D=%26",
    "/v1/messages",
    "/v1/chat/completions",
    "/?limit=99999999999999999999",
];

impl Spoiler {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// One of some.
    pub fn pick<'p, T>(&mut self, of: &'p [T]) -> &'p T {
        &of[self.below(of.len())]
    }

    /// Spoils one thing.
    pub fn spoil(&mut self, interactions: &mut Vec<Interaction>) {
        if interactions.is_empty() {
            return;
        }
        let at = self.below(interactions.len());
        let last = interactions.len();
        match self.below(10) {
            0 => interactions.insert(self.below(last), interactions[at].clone()),
            1 if last > 1 => drop(interactions.remove(at)),
            2 => interactions.swap(at, last - 1),
            3 => {
                interactions[at].fidelity =
                    *self.pick(&[Fidelity::Wire, Fidelity::Normalised, Fidelity::Lifted, Fidelity::Semantic]);
            }
            _ => self.interaction(&mut interactions[at]),
        }
    }

    fn interaction(&mut self, interaction: &mut Interaction) {
        let in_reply = self.below(3) > 0;
        match (&mut interaction.request, &mut interaction.reply) {
            (_, Reply::Http(reply)) if in_reply => self.reply(reply),
            (_, Reply::Call(reply)) if in_reply => match reply {
                CallReply::Returned(value) => *value = self.json(4),
                CallReply::Failed(message) => (*self.pick(&TEXTS)).clone_into(message),
            },
            (Request::Http(request), _) => match self.below(5) {
                0 => request.method = (*self.pick(&["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "X"])).into(),
                1 => request.target = (*self.pick(&TARGETS)).into(),
                2 => request.headers.push(self.header()),
                _ => request.body = self.body(&request.body),
            },
            (Request::Call(call), _) => match self.below(3) {
                0 => call.name = (*self.pick(&TEXTS)).into(),
                1 => call.effect = !call.effect,
                _ => call.args = self.json(4),
            },
        }
    }

    fn header(&mut self) -> (checkagent::cassette::SharedStr, checkagent::cassette::SharedStr) {
        let names = [
            "content-type",
            "retry-after",
            "link",
            "x-total-count",
            "next-page",
            "idempotency-key",
            "content-encoding",
            "etag",
            "ratelimit-reset",
            "mcp-session-id",
        ];
        let value = if self.below(2) == 0 { *self.pick(&TYPES) } else { *self.pick(&TEXTS) };
        ((*self.pick(&names)).into(), value.into())
    }

    fn reply(&mut self, reply: &mut HttpReply) {
        match self.below(9) {
            0 => reply.status = u16::try_from(self.below(1000)).unwrap_or_default(),
            1 => reply.headers = vec![("content-type".into(), (*self.pick(&TYPES)).into())],
            2 => reply.headers.push(self.header()),
            3 => reply.ending = *self.pick(&[Ending::Complete, Ending::CleanEof, Ending::Reset, Ending::Stall]),
            4 => self.cut(&mut reply.content),
            _ => match &mut reply.content {
                Content::Whole(body) => *body = self.body(body),
                Content::Frames(frames) if !frames.is_empty() => {
                    let at = self.below(frames.len());
                    frames[at].data = self.body(&frames[at].data);
                }
                Content::Frames(frames) => frames.push(Frame { after: None, data: Body::from_json(&self.json(3)) }),
            },
        }
    }

    /// Cut anywhere, in whatever pieces.
    fn cut(&mut self, content: &mut Content) {
        let bytes = match content {
            Content::Whole(body) => body.to_bytes().into_owned(),
            Content::Frames(frames) => frames.iter().flat_map(|frame| frame.data.to_bytes().into_owned()).collect(),
        };
        let end = self.below(bytes.len() + 1);
        let size = 1 + self.below(40);
        let bytes = &bytes[..end];
        *content = if self.below(2) == 0 {
            Content::Whole(Body::from_bytes(bytes))
        } else {
            let frames = bytes.chunks(size).map(|piece| Frame { after: None, data: Body::from_bytes(piece) });
            Content::Frames(frames.collect())
        };
    }

    /// A body with something odd in it.
    fn body(&mut self, body: &Body) -> Body {
        let Some(text) = body.text().map(str::to_owned) else { return Body::from_bytes(&[0xff, 0, 0xc3]) };
        let start = text.find(['{', '[']).unwrap_or_default();
        // The document of an event stands behind its `data: `.
        let (head, document) = text.split_at(start);
        let Ok(value) = serde_json::from_str::<Value>(document) else {
            return Body::from_bytes(format!("{head}{}", self.json(3)).as_bytes());
        };
        let (document, tail) = (document.trim_end(), &document[document.trim_end().len()..]);
        let spoilt = match self.below(8) {
            0 => self.digits(document),
            1 => document.replacen('{', "{\"id\":1,\"id\":\"twice\",\"data\":[],", 1),
            2 => document.chars().take(self.below(document.len())).collect(),
            3 => format!("{}{document}{}", "[".repeat(90), "]".repeat(90)),
            _ => {
                let at = self.place(&value);
                let edit = match self.below(4) {
                    0 if !at.steps().is_empty() => Edit::Remove { at },
                    1 => Edit::Set { at, value: vec![record(self.below(9)); 1000].into() },
                    2 => Edit::Set { at: at.key(*self.pick(&KEYS) as &str), value: self.json(2) },
                    _ => Edit::Set { at, value: self.json(4) },
                };
                apply_all(document, &[edit]).unwrap_or_default()
            }
        };
        Body::from_bytes(format!("{head}{spoilt}{tail}").as_bytes())
    }

    /// One number becomes another.
    fn digits(&mut self, text: &str) -> String {
        let Some(start) = text.find(|c: char| c.is_ascii_digit()) else { return text.to_owned() };
        let rest = &text[start..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        format!("{}{}{}", &text[..start], *self.pick(&NUMBERS) as &str, &rest[end..])
    }

    /// A place in a document: a leaf, or what it stands in.
    fn place(&mut self, value: &Value) -> Pointer {
        let mut places = vec![Pointer::root()];
        leaves(value, &mut |place, _| places.push(place.clone()));
        let at = self.pick(&places).clone();
        let depth = self.below(at.steps().len() + 1).max(at.steps().len().min(1));
        at.steps()[..depth].iter().cloned().fold(Pointer::root(), |at, step| at.then(step))
    }

    /// Any JSON.
    fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => Value::from(self.below(2) == 0),
            2 => serde_json::from_str(*self.pick(&NUMBERS) as &str).unwrap_or(Value::Null),
            3 => Value::from(self.next()),
            4 | 5 => Value::from(*self.pick(&TEXTS)),
            6 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            7 => json!([]),
            _ => {
                let mut members = Map::new();
                for _ in 0..self.below(5) {
                    members.insert((*self.pick(&KEYS)).to_owned(), self.json(depth - 1));
                }
                Value::Object(members)
            }
        }
    }
}

fn record(number: usize) -> Value {
    json!({"id": format!("rec_{number:04}"), "amount_cents": 1250, "status": "open"})
}
