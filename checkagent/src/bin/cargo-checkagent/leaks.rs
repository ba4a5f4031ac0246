//! Secrets that a cassette should not hold: what a redactor would still take out, and where.

use checkagent_cassette::analysis::differences;
use checkagent_cassette::redact::{Redaction, Redactor};
use checkagent_cassette::{Body, CallReply, Cassette, Content, HttpReply, HttpRequest, Interaction, Reply, Request};

use crate::spot::Spot;

/// A place that a redactor would change.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// The case in whose branch it is; `None` for the recording itself.
    pub branch: Option<String>,
    /// The number of the interaction; `None` for the header of the file.
    pub interaction: Option<usize>,
    pub spot: Spot,
    pub kind: LeakKind,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakKind {
    /// It holds a secret.
    Secret,
    /// It is a header that is not recorded, whatever is in it.
    Unkept,
}

/// Every place that a redactor would change.
pub fn leaks(cassette: &Cassette, redaction: &Redaction) -> Vec<Leak> {
    let mut redactor = Redactor::new(redaction.clone());
    // What a later message gives away may be echoed in an earlier one.
    for (_, interaction) in everything(cassette) {
        let _ = (redactor.request(&interaction.request), redactor.reply(&interaction.reply));
    }
    let mut leaks = Vec::new();
    for (field, text) in header_texts(cassette) {
        if redactor.text(&text).is_some() {
            leaks.push(Leak { branch: None, interaction: None, spot: Spot::Header { field }, kind: LeakKind::Secret });
        }
    }
    for (branch, interaction) in everything(cassette) {
        let mut spots = Vec::new();
        let request = redactor.request(&interaction.request);
        if request != interaction.request {
            compare_requests(&interaction.request, &request, &mut spots);
        }
        let reply = redactor.reply(&interaction.reply);
        if reply != interaction.reply {
            compare_replies(&interaction.reply, &reply, &mut spots);
        }
        let found = spots.into_iter().map(|(spot, kind)| Leak {
            branch: branch.map(str::to_owned),
            interaction: Some(interaction.number),
            spot,
            kind,
        });
        leaks.extend(found);
    }
    leaks
}

/// The interactions of the recording, and those of its branches with their cases.
fn everything(cassette: &Cassette) -> impl Iterator<Item = (Option<&str>, &Interaction)> {
    let in_branches = cassette
        .branches()
        .iter()
        .flat_map(|branch| branch.interactions.iter().map(|interaction| (Some(branch.case.as_str()), interaction)));
    cassette.interactions().iter().map(|interaction| (None, interaction)).chain(in_branches)
}

fn header_texts(cassette: &Cassette) -> Vec<(String, String)> {
    let header = cassette.header();
    let mut texts = vec![("name".to_owned(), header.name.clone()), ("recorder".to_owned(), header.recorder.clone())];
    texts.extend(header.bases().into_iter().map(|(name, base)| (format!("channels.{name}.base"), base)));
    texts
}

type Spots = Vec<(Spot, LeakKind)>;

fn compare_requests(is: &Request, should: &Request, spots: &mut Spots) {
    match (is, should) {
        (Request::Http(is), Request::Http(should)) => {
            compare_targets(is, should, spots);
            compare_headers(&is.headers, &should.headers, &|name| Spot::RequestHeader { name }, spots);
            compare_bodies(&is.body, &should.body, &|at| Spot::RequestBody { at }, spots);
        }
        (Request::Call(is), Request::Call(should)) => {
            let places = differences(&is.args, &should.args);
            spots.extend(places.into_iter().map(|found| secret(Spot::RequestBody { at: Some(found.at) })));
        }
        _ => {}
    }
}

fn compare_replies(is: &Reply, should: &Reply, spots: &mut Spots) {
    match (is, should) {
        (Reply::Http(is), Reply::Http(should)) => {
            compare_headers(&is.headers, &should.headers, &|name| Spot::ReplyHeader { name }, spots);
            compare_contents(is, should, spots);
        }
        (Reply::Call(CallReply::Returned(is)), Reply::Call(CallReply::Returned(should))) => {
            let places = differences(is, should);
            spots.extend(places.into_iter().map(|found| secret(Spot::ReplyBody { at: Some(found.at) })));
        }
        _ => spots.push(secret(Spot::ReplyFailure)),
    }
}

fn secret(spot: Spot) -> (Spot, LeakKind) {
    (spot, LeakKind::Secret)
}

fn compare_targets(is: &HttpRequest, should: &HttpRequest, spots: &mut Spots) {
    if is.path() != should.path() {
        spots.push(secret(Spot::RequestPath));
    }
    let before = spots.len();
    for (is, should) in is.query().split('&').zip(should.query().split('&')).filter(|(is, should)| is != should) {
        // The name of a parameter stays; were it changed, it would be the secret.
        let name = should.split_once('=').map_or("", |(name, _)| name);
        let name = if is.starts_with(name) { name } else { "" };
        spots.push(secret(Spot::RequestQuery { name: name.to_owned() }));
    }
    if before == spots.len() && is.query() != should.query() {
        spots.push(secret(Spot::RequestQuery { name: String::new() }));
    }
}

type Headers = [(checkagent_cassette::SharedStr, checkagent_cassette::SharedStr)];

/// The redacted headers are some of the headers, in their order.
fn compare_headers(is: &Headers, should: &Headers, spot: &dyn Fn(String) -> Spot, spots: &mut Spots) {
    let mut kept = should.iter().peekable();
    for (name, value) in is {
        match kept.next_if(|(kept, _)| kept == name) {
            None => spots.push((spot(name.to_string()), LeakKind::Unkept)),
            Some((_, clean)) if clean != value => spots.push(secret(spot(name.to_string()))),
            Some(_) => {}
        }
    }
}

fn compare_contents(is: &HttpReply, should: &HttpReply, spots: &mut Spots) {
    match (&is.content, &should.content) {
        (Content::Frames(is), Content::Frames(should)) if is.len() == should.len() => {
            let changed = is.iter().zip(should).enumerate().filter(|(_, (is, should))| is.data != should.data);
            spots.extend(changed.map(|(index, _)| secret(Spot::ReplyFrame { number: index + 1 })));
        }
        (Content::Whole(is), Content::Whole(should)) => {
            compare_bodies(is, should, &|at| Spot::ReplyBody { at }, spots);
        }
        _ => spots.push(secret(Spot::ReplyStream)),
    }
}

fn compare_bodies(
    is: &Body,
    should: &Body,
    spot: &dyn Fn(Option<checkagent_cassette::json::Pointer>) -> Spot,
    spots: &mut Spots,
) {
    if is == should {
        return;
    }
    let places = match (is.json(), should.json()) {
        (Some(is), Some(should)) => differences(&is, &should),
        _ => Vec::new(),
    };
    // A member that is there twice differs in the text only.
    if places.is_empty() {
        spots.push(secret(spot(None)));
    }
    spots.extend(places.into_iter().map(|found| secret(spot(Some(found.at)))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{call, cassette, exchange, get, streamed};
    use checkagent_cassette::Branch;
    use checkagent_cassette::json::Pointer;
    use serde_json::json;

    /// A key in the form of one vendor's, which is nobody's.
    const KEY: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    fn found(interactions: Vec<Interaction>) -> Vec<(Option<usize>, String)> {
        let leaks = leaks(&cassette(interactions), &Redaction::default());
        leaks.into_iter().map(|leak| (leak.interaction, leak.spot.to_string())).collect()
    }

    fn spots(interaction: Interaction) -> Vec<String> {
        found(vec![interaction]).into_iter().map(|(_, spot)| spot).collect()
    }

    #[test]
    fn a_recording_without_secrets_has_no_leaks() {
        let body = r#"{"token":"[redacted]","items":[1]}"#;
        let clean = vec![
            exchange("/x?api_key=[redacted]&a=1", &[("accept", "*/*")], body, &[("etag", "\"1\"")], body),
            streamed(&["data: a\n\n", "data: b\n\n"]),
            call(json!({"password": "[redacted]"}), CallReply::Failed("no".to_owned())),
        ];
        assert_eq!(found(clean), []);
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        let headers = [("accept", "*/*"), ("authorization", "Bearer abcdefgh1"), ("prefer", KEY)];
        let reply = format!(r#"{{"items":[{{"note":"key {KEY}"}}],"session_token":"s3cret-1"}}"#);
        let places = spots(exchange(
            &format!("/{KEY}/x?limit=1&api_key=qk-55-secret"),
            &headers,
            r#"{"a":{"password":"hunter2!"}}"#,
            &[("set-cookie", "sid=c00kie-value"), ("location", &format!("/{KEY}"))],
            &reply,
        ));
        let expected = [
            "request path",
            "request query `api_key`",
            "request header `authorization`",
            "request header `prefer`",
            "request body /a/password",
            "reply header `set-cookie`",
            "reply header `location`",
            "reply body /items/0/note",
            "reply body /session_token",
        ];
        assert_eq!(places, expected);
        assert_eq!(spots(get("/x", &format!("plain {KEY}"))), ["reply body"]);
        assert_eq!(spots(streamed(&["data: a\n\n", &format!("data: {KEY}\n\n")])), ["frame 2 of the reply"]);
        assert_eq!(spots(streamed(&[&KEY[..12], &KEY[12..]])), ["frames of the reply"]);
        let failure = CallReply::Failed(format!("no {KEY}"));
        assert_eq!(
            spots(call(json!({"password": "hunter2!"}), failure)),
            ["request body /password", "message of the failure"]
        );
        assert_eq!(spots(call(json!(null), CallReply::Returned(json!([KEY])))), ["reply body /0"]);
    }

    #[test]
    fn an_echo_before_the_place_that_gives_it_away_is_found() {
        let early = get("/x", r#"{"note":"hunter2!"}"#);
        let late = get("/x?password=hunter2!", "{}");
        let places = found(vec![early, late]);
        let expected = [(Some(1), "reply body /note"), (Some(2), "request query `password`")];
        assert_eq!(places, expected.map(|(number, spot)| (number, spot.to_owned())));
    }

    #[test]
    fn what_a_project_keeps_is_no_leak() {
        let recording = cassette(vec![get("/x", r#"{"token":"page-2"}"#)]);
        let leak = Leak {
            branch: None,
            interaction: Some(1),
            spot: Spot::ReplyBody { at: Some(Pointer::parse("/token")) },
            kind: LeakKind::Secret,
        };
        assert_eq!(leaks(&recording, &Redaction::default()), [leak]);
        assert_eq!(leaks(&recording, &Redaction::default().keep("token")), []);
    }

    #[test]
    fn a_secret_in_a_branch_is_found_in_its_case() {
        let plain = cassette(vec![get("/x", "{}")]);
        let branch = Branch {
            case: "timeout@1".to_owned(),
            operators: std::collections::BTreeMap::from([("timeout".to_owned(), 1)]),
            base: plain.base_hash(),
            interactions: vec![get("/y", &json!({"note": KEY}).to_string())],
        };
        let leaks = leaks(&plain.with_branches(vec![branch]), &Redaction::default());
        let found: Vec<_> = leaks.iter().map(|leak| (leak.branch.as_deref(), leak.interaction)).collect();
        assert_eq!(found, [(Some("timeout@1"), Some(1))]);
    }

    #[test]
    fn a_password_in_the_address_of_a_channel_is_found() {
        let plain = cassette(Vec::new());
        let mut header = plain.header().clone();
        let base = "https://bob:hunter2!@api.example.com".to_owned();
        header.channels.get_mut("api").unwrap().kind = checkagent_cassette::ChannelKind::Http { base };
        let leaks = leaks(&Cassette::new(header, Vec::new()), &Redaction::default());
        assert_eq!(leaks[0].spot, Spot::Header { field: "channels.api.base".to_owned() });
    }
}
