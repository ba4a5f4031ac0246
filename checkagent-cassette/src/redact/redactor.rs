//! The redactor of one session.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::{PLACEHOLDER, names, patterns};
use crate::format::{Body, CallReply, CallRequest, Content, Headers, HttpReply, HttpRequest, Reply, Request};
use crate::json::scan::{TokenKind, Tokens};
use crate::text::SharedStr;

/// What a project adds to, or takes from, the built-in names.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::redact::{Redaction, Redactor};
///
/// let mut redactor = Redactor::new(Redaction::default().secret("iban").keep("token"));
/// let bent = redactor.text(r#"{"iban":"DE02100100109307118603","token":"page-2"}"#);
/// assert_eq!(bent.as_deref(), Some(r#"{"iban":"[redacted]","token":"page-2"}"#));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    secret: Vec<String>,
    keep: Vec<String>,
}

impl Redaction {
    /// Also takes out what stands under this name (header, parameter or member; case, `-` and `_` do not matter).
    #[must_use]
    pub fn secret(mut self, name: &str) -> Self {
        self.secret.push(names::plain(name));
        self
    }

    /// Leaves what stands under this name: a page token that is called `token`, for example.
    #[must_use]
    pub fn keep(mut self, name: &str) -> Self {
        self.keep.push(names::plain(name));
        self
    }

    fn is_secret(&self, name: &str) -> bool {
        let listed = |list: &[String]| !list.is_empty() && list.contains(&names::plain(name));
        (names::is_secret(name) && !listed(&self.keep)) || listed(&self.secret)
    }
}

/// Takes secrets out of the messages of one session, and learns from each where they are echoed.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    redaction: Redaction,
    learned: Vec<String>,
}

/// Shorter values are not learned: taking `admin` out of every text would destroy the recording.
const SHORTEST_LEARNED: usize = 6;

impl Redactor {
    /// A redactor for a new session.
    #[must_use]
    pub fn new(redaction: Redaction) -> Self {
        Self { redaction, learned: Vec::new() }
    }

    /// Learns a secret value, so that it is taken out wherever it appears.
    pub fn learn(&mut self, secret: &str) {
        let secret = secret.trim();
        let new =
            secret.len() >= SHORTEST_LEARNED && secret != PLACEHOLDER && !self.learned.iter().any(|s| s == secret);
        if new {
            self.learned.push(secret.to_owned());
            // A longer secret may hold a shorter one.
            self.learned.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }

    /// Learns from the headers of a request as it came in, before they are dropped.
    pub fn learn_headers<'h>(&mut self, headers: impl IntoIterator<Item = (&'h str, &'h str)>) {
        for (name, value) in headers {
            if !self.redaction.is_secret(name) {
                continue;
            }
            if name.eq_ignore_ascii_case("cookie") || name.eq_ignore_ascii_case("set-cookie") {
                for pair in value.split(';').take(if name.eq_ignore_ascii_case("cookie") { usize::MAX } else { 1 }) {
                    self.learn(pair.split_once('=').map_or(pair, |(_, value)| value));
                }
                continue;
            }
            let credential = value.split_once(' ').map_or(value, |(_, credential)| credential);
            self.learn(credential);
            self.learn_basic(credential);
        }
    }

    /// `user:password` in base64: the password, and both together.
    fn learn_basic(&mut self, credential: &str) {
        let Some(plain) = STANDARD.decode(credential).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return;
        };
        if let Some((_, password)) = plain.split_once(':') {
            self.learn(&plain);
            self.learn(password);
        }
    }

    /// A request without its secrets. Headers that are not on the allow-list are gone.
    #[must_use]
    pub fn request(&mut self, request: &Request) -> Request {
        match request {
            Request::Http(request) => {
                self.learn_headers(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                self.learn_pairs(request.query());
                self.learn_body(&request.body);
                let headers = self.headers(&request.headers, names::keeps_request_header);
                let body = self.body(&request.body);
                let target = self.target(&request.target);
                Request::Http(HttpRequest { method: request.method.clone(), target, headers, body })
            }
            Request::Call(call) => {
                let args = self.value(&call.args);
                Request::Call(CallRequest { name: call.name.clone(), effect: call.effect, args })
            }
        }
    }

    /// A reply without its secrets. Headers that are not on the allow-list are gone.
    #[must_use]
    pub fn reply(&mut self, reply: &Reply) -> Reply {
        match reply {
            Reply::Http(reply) => {
                self.learn_headers(reply.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                let headers = self.headers(&reply.headers, names::keeps_reply_header);
                let content = match &reply.content {
                    Content::Whole(body) => {
                        self.learn_body(body);
                        Content::Whole(self.body(body))
                    }
                    Content::Frames(frames) => Content::Frames(super::redactor::frames(self, frames)),
                };
                Reply::Http(HttpReply { status: reply.status, headers, content, ending: reply.ending })
            }
            Reply::Call(CallReply::Returned(value)) => Reply::Call(CallReply::Returned(self.value(value))),
            Reply::Call(CallReply::Failed(message)) => {
                let message = self.text(message).unwrap_or_else(|| message.clone());
                Reply::Call(CallReply::Failed(message))
            }
        }
    }

    fn value(&mut self, value: &serde_json::Value) -> serde_json::Value {
        let text = value.to_string();
        self.text(&text).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| value.clone())
    }

    fn headers(&mut self, headers: &Headers, keeps: fn(&str) -> bool) -> Headers {
        let kept = headers.iter().filter(|(name, _)| keeps(name) && !self.redaction.is_secret(name));
        kept.map(|(name, value)| (name.clone(), self.plain_text(value).map_or_else(|| value.clone(), SharedStr::from)))
            .collect()
    }

    fn target(&self, target: &SharedStr) -> SharedStr {
        let named = target.split_once('?').and_then(|(path, query)| Some(format!("{path}?{}", self.pairs(query)?)));
        let text = self.plain_text(named.as_deref().unwrap_or(target)).or(named);
        text.map_or_else(|| target.clone(), SharedStr::from)
    }

    fn learn_pairs(&mut self, text: &str) {
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            if self.redaction.is_secret(name) {
                self.learn(&percent_decode_str(value).decode_utf8_lossy());
                self.learn(value);
            }
        }
    }

    /// Query or form pairs with the values of secret names taken out; `None` if there are none.
    fn pairs(&self, text: &str) -> Option<String> {
        let secret = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| self.redaction.is_secret(name));
        if !text.split('&').any(secret) {
            return None;
        }
        let pairs = text.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if secret(pair) => format!("{name}={PLACEHOLDER}"),
            _ => pair.to_owned(),
        });
        Some(pairs.collect::<Vec<_>>().join("&"))
    }

    fn learn_body(&mut self, body: &Body) {
        match body {
            Body::Json(json) => self.learn_json(json.text()),
            Body::Text(text) if text.contains('=') && !text.contains(char::is_whitespace) => self.learn_pairs(text),
            _ => {}
        }
    }

    fn learn_json(&mut self, text: &str) {
        let mut secret = false;
        for token in Tokens::new(text) {
            match token.kind {
                TokenKind::Key => secret = self.redaction.is_secret(&unquoted(&text[token.range])),
                TokenKind::String if secret => {
                    let value = unquoted(&text[token.range]);
                    self.learn(&value);
                    secret = false;
                }
                TokenKind::Colon => {}
                _ => secret = false,
            }
        }
    }

    fn body(&mut self, body: &Body) -> Body {
        match body {
            Body::Empty => Body::Empty,
            Body::Bytes(bytes) => self.bytes(bytes),
            Body::Text(text) if text.contains('=') && !text.contains(char::is_whitespace) => {
                let pairs = self.pairs(text).unwrap_or_else(|| text.to_string());
                Body::Text(self.plain_text(&pairs).unwrap_or(pairs).into())
            }
            Body::Json(_) | Body::Text(_) => body.map_text(|text| self.text(text)),
        }
    }

    /// Binary content may hold a learned secret as it is.
    fn bytes(&self, bytes: &[u8]) -> Body {
        let mut bytes = bytes.to_owned();
        for secret in &self.learned {
            while let Some(at) = bytes.windows(secret.len()).position(|window| window == secret.as_bytes()) {
                bytes.splice(at..at + secret.len(), PLACEHOLDER.bytes());
            }
        }
        Body::Bytes(bytes)
    }

    /// A text, JSON or not, without its secrets; `None` if there was nothing to take out.
    #[must_use]
    pub fn text(&mut self, text: &str) -> Option<String> {
        let start = text.trim_start();
        if start.starts_with(['{', '[']) && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok() {
            self.learn_json(text);
            return self.json(text);
        }
        self.plain_text(text)
    }

    /// JSON keeps its form: values under secret names are replaced as a whole, other strings are searched.
    fn json(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut done = 0;
        // The depth of containers inside a secret member; all scalars in there go.
        let mut secret_depth: Option<usize> = None;
        let mut depth = 0usize;
        let mut secret_next = false;
        for token in Tokens::new(text) {
            let piece = &text[token.range.clone()];
            let replacement = match token.kind {
                TokenKind::Key => {
                    secret_next = self.redaction.is_secret(&unquoted(piece));
                    None
                }
                TokenKind::OpenObject | TokenKind::OpenArray => {
                    depth += 1;
                    if secret_next && secret_depth.is_none() {
                        secret_depth = Some(depth);
                    }
                    secret_next = false;
                    None
                }
                TokenKind::CloseObject | TokenKind::CloseArray => {
                    if secret_depth == Some(depth) {
                        secret_depth = None;
                    }
                    depth = depth.saturating_sub(1);
                    None
                }
                TokenKind::String | TokenKind::Literal if secret_next || secret_depth.is_some() => {
                    secret_next = false;
                    (piece != "null" && piece != "\"\"" && piece != "true" && piece != "false")
                        .then(|| format!("\"{PLACEHOLDER}\""))
                }
                TokenKind::String => {
                    secret_next = false;
                    let value = unquoted(piece);
                    self.plain_text(&value).map(|value| serde_json::Value::from(value).to_string())
                }
                TokenKind::Literal => {
                    secret_next = false;
                    None
                }
                TokenKind::Comma | TokenKind::Colon => None,
            };
            if let Some(replacement) = replacement.filter(|replacement| replacement != piece) {
                out.push_str(&text[done..token.range.start]);
                out.push_str(&replacement);
                done = token.range.end;
            }
        }
        (done > 0).then(|| out + &text[done..])
    }

    fn plain_text(&self, text: &str) -> Option<String> {
        let mut current: Option<String> = None;
        for secret in &self.learned {
            let now = current.as_deref().unwrap_or(text);
            if now.contains(secret.as_str()) {
                current = Some(now.replace(secret.as_str(), PLACEHOLDER));
            }
        }
        let now = current.as_deref().unwrap_or(text);
        let found: Vec<_> = patterns::find(now)
            .into_iter()
            .filter(|range| !now[range.clone()].contains(PLACEHOLDER.trim_end_matches(']')))
            .filter(|range| !self.is_kept(now, range.start))
            .collect();
        if found.is_empty() {
            return current;
        }
        let mut out = String::new();
        let mut done = 0;
        for range in found {
            out.push_str(&now[done..range.start]);
            out.push_str(PLACEHOLDER);
            done = range.end;
        }
        Some(out + &now[done..])
    }

    /// Whether the value at `start` is named (`name=`) by something that the project keeps.
    fn is_kept(&self, text: &str, start: usize) -> bool {
        let Some(before) = text[..start].strip_suffix('=') else { return false };
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).next();
        name.is_some_and(|name| !name.is_empty() && self.redaction.keep.contains(&names::plain(name)))
    }
}

/// A secret may be cut by a frame's border: if the whole text holds one, the frames are put into one.
fn frames(redactor: &mut Redactor, frames: &[crate::format::Frame]) -> Vec<crate::format::Frame> {
    let each: Vec<_> = frames
        .iter()
        .map(|frame| crate::format::Frame { after: frame.after, data: redactor.body(&frame.data) })
        .collect();
    let joined = |frames: &[crate::format::Frame]| -> Vec<u8> {
        frames.iter().flat_map(|frame| frame.data.to_bytes().into_owned()).collect()
    };
    let whole = joined(&each);
    let Ok(text) = String::from_utf8(whole) else { return each };
    match redactor.text(&text) {
        None => each,
        Some(clean) => {
            let after = frames.iter().map(|frame| frame.after).sum();
            vec![crate::format::Frame { after, data: Body::Text(clean.into()) }]
        }
    }
}

fn unquoted(piece: &str) -> String {
    if piece.contains('\\') {
        return serde_json::from_str(piece).unwrap_or_else(|_| piece.to_owned());
    }
    piece.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Interaction;
    use serde_json::json;

    fn http(target: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Request::Http(HttpRequest {
            method: "POST".into(),
            target: target.into(),
            headers,
            body: Body::from_bytes(body),
        })
    }

    fn written(request: Request, reply: Reply) -> String {
        let interaction = Interaction {
            number: 1,
            channel: "api".into(),
            key: crate::key::Key::default(),
            request,
            reply,
            latency: std::time::Duration::ZERO,
        };
        crate::format::write::interaction_json(&interaction)
    }

    #[test]
    fn planted_secrets_are_gone_wherever_they_are_echoed() {
        let mut redactor = Redactor::default();
        let basic = STANDARD.encode("bob:hunter2!");
        let request = redactor.request(&http(
            "/v1/x?api_key=qk-55-secret&limit=5",
            &[
                ("authorization", &format!("Basic {basic}")),
                ("cookie", "session=c00kie-value; theme=dark"),
                ("x-api-key", "hk-99-secret"),
                ("content-type", "application/json"),
            ],
            json!({"client_secret": "body-secret-1", "note": "use Bearer t0k3n-in-text-77", "url": "https://u:pw123456@h/x", "n": {"password": ["p1-secret"]}})
                .to_string()
                .as_bytes(),
        ));
        let body = format!(
            "{{\"error\":\"bad key hk-99-secret for hunter2! ({basic}), cookie c00kie-value, query qk-55-secret, body-secret-1\"}}"
        );
        let headers = vec![("set-cookie".into(), "sid=new-c00kie-1; Path=/".into()), ("etag".into(), "\"1\"".into())];
        let reply = redactor.reply(&Reply::Http(HttpReply {
            status: 401,
            headers,
            content: Content::Whole(Body::from_bytes(body.as_bytes())),
            ..HttpReply::default()
        }));
        let text = written(request, reply);
        for secret in
            ["hunter2", &basic, "c00kie", "hk-99", "qk-55", "body-secret", "t0k3n-in-text", "pw123456", "p1-secret"]
        {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for kept in ["limit=5", "etag", "content-type", "bad key"] {
            assert!(text.contains(kept), "{kept} not in {text}");
        }
    }

    #[test]
    fn redacting_twice_changes_nothing_more() {
        let mut redactor = Redactor::default();
        let request = http("/x?token=abcdefgh&a=Bearer%20x", &[], br#"{"password":"abc","t":"Bearer abcDEF123456"}"#);
        let once = redactor.request(&request);
        assert_eq!(Redactor::default().request(&once), once);
        assert_eq!(redactor.request(&once), once);
    }

    #[test]
    fn bytes_without_secrets_stay_exactly_as_they_are() {
        let body = Body::from_bytes(b"{\"b\": 1.10, \"a\": \"\\u00e4\"}\n");
        let reply = Reply::Http(HttpReply { status: 200, content: Content::Whole(body), ..HttpReply::default() });
        assert_eq!(Redactor::default().reply(&reply), reply);
    }

    #[test]
    fn a_secret_cut_by_a_frame_border_is_found() {
        let frame =
            |text: &str| crate::format::Frame { after: std::time::Duration::ZERO, data: Body::Text(text.into()) };
        let content = Content::Frames(vec![frame("data: ghp_0123456789"), frame("abcdefghijABCDEFGHIJ\n\n")]);
        let reply = Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() });
        let Reply::Http(clean) = Redactor::default().reply(&reply) else { unreachable!() };
        assert_eq!(&*clean.body().to_bytes(), b"data: [redacted]\n\n");
    }
}
