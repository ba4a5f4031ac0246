//! Keys in the order of a session: which ids came from the service, and which the client made up.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_128;

use super::Key;
use super::canonical::Canonical;
use super::ids::id_tokens;
use super::matching::Matching;
use crate::format::{Body, CallReply, Content, Reply, Request};

/// Computes keys for one session, recorded or replayed.
///
/// An id that the client generated (a UUID that no reply contained before) is different in each run. It is renamed in
/// order of first appearance within its request, so that the request keeps its key; an id that a reply brought is part
/// of the request's identity.
#[derive(Clone, Debug)]
pub struct Keyer {
    matching: Matching,
    from_replies: HashSet<u64>,
    from_requests: HashSet<u64>,
    /// Where a request is written down to be hashed; kept for its memory.
    canonical: Vec<u8>,
}

/// A key, and the client's own ids in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The key.
    pub key: Key,
    /// The ids that the client generated, in order of first appearance.
    pub generated: Vec<String>,
}

impl Keyer {
    /// A keyer for a new session.
    #[must_use]
    pub fn new(matching: Matching) -> Self {
        Self { matching, from_replies: HashSet::new(), from_requests: HashSet::new(), canonical: Vec::new() }
    }

    /// The key of a request that is redacted and has its origin as a template.
    pub fn key(&mut self, channel: &str, request: &Request) -> Keyed {
        let mut generated: Vec<String> = Vec::new();
        let from_replies = &self.from_replies;
        let rename = |text: &str, out: &mut Vec<u8>| {
            let mut done = 0;
            for range in id_tokens(text) {
                let id = &text[range.clone()];
                if from_replies.contains(&fingerprint(id)) {
                    continue;
                }
                let order = generated.iter().position(|known| known == id).unwrap_or_else(|| {
                    generated.push(id.to_owned());
                    generated.len() - 1
                });
                out.extend_from_slice(&text.as_bytes()[done..range.start]);
                out.extend_from_slice(b"\x01id");
                out.extend_from_slice(&(order as u64).to_le_bytes());
                done = range.end;
            }
            out.extend_from_slice(&text.as_bytes()[done..]);
        };
        self.canonical.clear();
        Canonical { out: &mut self.canonical, matching: &self.matching, rename }.request(channel, request);
        let key = Key(xxh3_128(&self.canonical));
        self.from_requests.extend(generated.iter().map(|id| fingerprint(id)));
        Keyed { key, generated }
    }

    /// Notes the ids of a reply that the client has been given.
    pub fn served(&mut self, reply: &Reply) {
        for (_, value) in reply.headers() {
            self.note(value);
        }
        match reply {
            Reply::Http(reply) => match &reply.content {
                Content::Whole(body) => self.note_body(body),
                Content::Frames(frames) => frames.iter().for_each(|frame| self.note_body(&frame.data)),
            },
            Reply::Call(CallReply::Returned(value)) => self.note(&value.to_string()),
            Reply::Call(CallReply::Failed(message)) => self.note(message),
        }
    }

    fn note_body(&mut self, body: &Body) {
        if let Some(text) = body.text() {
            self.note(text);
        }
    }

    fn note(&mut self, text: &str) {
        for range in id_tokens(text) {
            let id = fingerprint(&text[range]);
            // A reply that echoes the client's own id does not make it the service's.
            if !self.from_requests.contains(&id) {
                self.from_replies.insert(id);
            }
        }
    }
}

fn fingerprint(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{HttpReply, HttpRequest};
    use serde_json::json;

    const A: &str = "e23dd0a1-efdb-403f-a734-2e7fdaaa0621";
    const B: &str = "d3b14fc9-0615-4100-b423-92d8ca9a38d3";

    fn request(method: &str, target: &str, body: &[u8]) -> Request {
        let body = Body::from_bytes(body);
        Request::Http(HttpRequest { method: method.into(), target: target.into(), headers: Vec::new(), body })
    }

    fn key(target: &str, body: &[u8]) -> Key {
        Keyer::new(Matching::default()).key("api", &request("POST", target, body)).key
    }

    #[test]
    fn order_of_query_and_members_does_not_matter_but_values_do() {
        assert_eq!(key("/a?x=1&y=2", br#"{"a":1,"b":[1,2]}"#), key("/a?y=2&x=1", br#"{"b":[1,2.0],"a":1}"#));
        assert_ne!(key("/a?x=1", b""), key("/a?x=2", b""));
        assert_ne!(key("/a", b"[1,2]"), key("/a", b"[2,1]"));
        assert_ne!(key("/a/b", b""), key("/a%2Fb", b""));
        assert_eq!(key("/a%20b", b""), key("/a b", b""));
    }

    #[test]
    fn ids_made_by_the_client_do_not_count_and_ids_of_the_service_do() {
        let mut keyer = Keyer::new(Matching::default());
        let made = |id: &str| request("PUT", &format!("/records/{id}"), json!({"id": id}).to_string().as_bytes());
        assert_eq!(keyer.key("api", &made(A)).key, keyer.key("api", &made(B)).key);
        let mut reader = Keyer::new(Matching::default());
        let body = Body::from_json(&json!({"data": [A, B]}));
        reader.served(&Reply::Http(HttpReply { content: Content::Whole(body), ..HttpReply::default() }));
        assert_ne!(reader.key("api", &made(A)).key, reader.key("api", &made(B)).key);
    }

    #[test]
    fn an_id_that_the_service_only_echoes_stays_the_clients() {
        let mut keyer = Keyer::new(Matching::default());
        let first = keyer.key("api", &request("PUT", &format!("/r/{A}"), b""));
        let echo = Body::from_json(&json!({"id": A}));
        keyer.served(&Reply::Http(HttpReply { content: Content::Whole(echo), ..HttpReply::default() }));
        assert_eq!(keyer.key("api", &request("PUT", &format!("/r/{A}"), b"")), first);
    }

    #[test]
    fn ignored_fields_and_trace_members_do_not_count() {
        let matching = Matching::default().ignore_field("/items/*/at").ignore_query("nonce");
        let mut keyer = Keyer::new(matching);
        let mut key = |target: &str, body: &str| keyer.key("api", &request("POST", target, body.as_bytes())).key;
        assert_eq!(
            key("/?nonce=1", r#"{"items":[{"at":1,"b":2}],"traceparent":"x"}"#),
            key("/?nonce=2", r#"{"items":[{"at":9,"b":2}],"traceparent":"y"}"#)
        );
        assert_ne!(key("/", r#"{"items":[{"b":2}]}"#), key("/", r#"{"items":[{"b":3}]}"#));
    }
}
