use std::time::Duration;

use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::format::{
    Body, Channel, ChannelKind, Content, Ending, Fidelity, Frame, Header, HttpReply, HttpRequest, Reply, Request,
    seal_file,
};
use crate::key::{Key, Matching};

fn interaction(target: &str, reply: &str) -> Interaction {
    let body = Body::from_json(&json!({"n": 1}));
    let request = HttpRequest { method: "POST".into(), target: target.into(), headers: Vec::new(), body };
    let content = Content::Whole(Body::from_bytes(reply.as_bytes()));
    Interaction {
        number: 0,
        channel: "llm".into(),
        key: Key::parse(&"1a".repeat(16)).unwrap(),
        request: Request::Http(request),
        reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }),
        latency: Some(Duration::from_millis(7)),
        fidelity: Fidelity::Wire,
    }
}

fn streamed() -> Interaction {
    let frame = Frame { after: Some(Duration::from_millis(3)), data: Body::Text("data: ä\n\n".into()) };
    let mut interaction = interaction("/chat", "{}");
    let content = Content::Frames(vec![frame]);
    interaction.reply =
        Reply::Http(HttpReply { status: 200, content, ending: Ending::CleanEof, ..HttpReply::default() });
    interaction
}

fn base() -> Cassette {
    let kind = ChannelKind::Http { base: "http://llm.example".to_owned() };
    let header = Header {
        name: "c".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: Matching::default(),
        channels: BTreeMap::from([("llm".to_owned(), Channel { kind })]),
    };
    Cassette::new(header, vec![interaction("/chat", r#"{"a": [1.10, {"b": null}]}"#)])
}

fn branch(case: &str, base: &Cassette, interactions: Vec<Interaction>) -> Branch {
    let operators = BTreeMap::from([("server_error".to_owned(), 1), ("timeout".to_owned(), 2)]);
    Branch { case: case.to_owned(), operators, base: base.base_hash(), interactions }
}

/// Two branches, given in another order than they are kept in.
fn sample() -> Cassette {
    let two = branch("timeout@1", &base(), vec![interaction("/chat", "{}"), streamed()]);
    let one = branch("server_error@1+timeout@2", &base(), vec![interaction("/x", "no")]);
    base().with_branches(vec![two, one])
}

/// The text after one change, with the right hash.
fn edited(from: &str, to: &str) -> String {
    let text = sample().to_text();
    assert!(text.contains(from), "{from} is not in {text}");
    super::super::seal::seal_text(&text.replacen(from, to, 1))
}

#[test]
fn branches_come_back_from_the_file_sorted_and_numbered() {
    let text = sample().to_text();
    let read = Cassette::parse(&text).unwrap();
    assert_eq!(read.to_text(), text);
    let cases: Vec<_> = read.branches().iter().map(|branch| branch.case.as_str()).collect();
    assert_eq!(cases, ["server_error@1+timeout@2", "timeout@1"]);
    let numbers: Vec<_> = read.branches()[1].interactions.iter().map(|interaction| interaction.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(read.branches()[1].operators, sample().branches()[1].operators);
    assert_eq!(read.branches()[1].interactions[1].reply, streamed().reply);
}

#[test]
fn a_cassette_without_branches_does_not_mention_them() {
    assert!(!base().to_text().contains("branches"));
    assert_eq!(base().with_branches(Vec::new()).to_text(), base().to_text());
}

#[test]
fn the_base_hash_is_about_matching_and_interactions_alone() {
    let hash = base().base_hash();
    assert!(is_hash(&hash), "{hash}");
    let read = Cassette::parse(&sample().to_text()).unwrap();
    assert_eq!(read.base_hash(), hash, "neither a file nor branches make another base");
    let header = Header { name: "d".to_owned(), recorded_at: "2027".to_owned(), ..base().header().clone() };
    assert_eq!(Cassette::new(header, base().interactions().to_vec()).base_hash(), hash);

    let matching = Matching::default().ignore_query("nonce");
    let header = Header { matching, ..base().header().clone() };
    assert_ne!(Cassette::new(header, base().interactions().to_vec()).base_hash(), hash);
    let other = vec![interaction("/chat", r#"{"a": [1.1, {"b": null}]}"#)];
    assert_ne!(Cassette::new(base().header().clone(), other).base_hash(), hash);
}

#[test]
fn a_branch_that_was_changed_without_sealing_is_refused() {
    let text = sample().to_text().replace("timeout@1", "timeout@4");
    assert_eq!(Cassette::parse(&text).unwrap_err().kind(), ErrorKind::Tampered);
}

#[test]
fn what_is_wrong_with_a_branch_is_named_with_its_place() {
    let wrong = |from: &str, to: &str| Cassette::parse(&edited(from, to)).unwrap_err().to_string();
    for (from, to, said) in [
        ("\"case\":", "\"kase\":", "branches[0]"),
        ("\"case\": \"timeout@1\"", "\"case\": \"server_error@1+timeout@2\"", "two branches"),
        ("\"case\": \"timeout@1\"", "\"case\": \"\"", "`branches[1].case`"),
        ("\"timeout\": 2", "\"timeout\": -2", "branches[0]"),
        (r#"{"server_error": 1, "timeout": 2}"#, "{}", "`branches[0].operators`"),
        ("\"base\": \"xxh3:", "\"base\": \"xxh4:", "`branches[0].base`"),
    ] {
        let message = wrong(from, to);
        assert!(message.contains(said), "{from} -> {to}: {message}");
    }
    let in_branch = |from: &str, to: &str| {
        let text = sample().to_text();
        let (before, branches) = text.split_once("\"branches\"").unwrap();
        assert!(branches.contains(from), "{branches}");
        let text = format!("{before}\"branches\"{}", branches.replacen(from, to, 1));
        Cassette::parse(&super::super::seal::seal_text(&text)).unwrap_err().to_string()
    };
    for (from, to, said) in [
        ("\"n\": 1", "\"n\": 2", "`branches[0].interactions[0].n`"),
        ("\"channel\": \"llm\"", "\"channel\": \"api\"", "`branches[0].interactions[0].channel`"),
        ("\"status\": 200", "\"status\": 20", "`branches[0].interactions[0].reply.status`"),
        ("1a1a", "zz", "`branches[0].interactions[0].key`"),
    ] {
        let message = in_branch(from, to);
        assert!(message.contains(said), "{from} -> {to}: {message}");
    }
}

#[test]
fn a_branch_cut_anywhere_is_refused_without_a_panic() {
    let text = sample().to_text();
    for end in (0..text.len() - 1).filter(|end| text.is_char_boundary(*end)) {
        assert!(Cassette::parse(&text[..end]).is_err(), "cut at {end}");
        assert!(Cassette::parse(&super::super::seal::seal_text(&text[..end])).is_err(), "sealed, cut at {end}");
    }
}

#[test]
fn sealing_keeps_branches_and_numbers_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.json");
    sample().save(&path).unwrap();
    assert!(!seal_file(&path).unwrap(), "nothing was edited");
    let read = Cassette::load(&path).unwrap();
    let text = sample().to_text();
    let (before, branches) = text.split_once("\"branches\"").unwrap();
    let branches = branches.replacen("\"n\": 2", "\"n\": 7", 1).replacen("\"text\": \"no\"", "\"text\": \"yes\"", 1);
    std::fs::write(&path, format!("{before}\"branches\"{branches}")).unwrap();
    assert!(seal_file(&path).unwrap());
    let sealed = Cassette::load(&path).unwrap();
    assert_eq!(sealed.branches()[1], read.branches()[1]);
    let key = |cassette: &Cassette| cassette.branches()[0].interactions[0].key;
    assert_eq!(key(&sealed), key(&read), "what its recorder computed stays");
    assert_ne!(sealed.branches()[0], read.branches()[0]);
}
