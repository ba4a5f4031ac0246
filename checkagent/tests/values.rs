//! Corrupted values against an agent with planted defects: each is found, at its place, with the simplest value.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use checkagent::cassette::key::Key;
use checkagent::cassette::{
    Body, Cassette, Channel, ChannelKind, Content, Fidelity, Header, HttpReply, HttpRequest, Interaction, Reply,
    Request,
};
use checkagent::mutation::corrupt_value;
use checkagent::{Answer, Plan, Report, Standing, Suite, VerdictKind, World};
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// Twelve records, one a reply, as an agent reads them one after the other.
fn recording() -> Vec<Interaction> {
    let record = |n: u64| json!({"amount": 40 + n, "limit": 100 + n, "label": format!("item no {n}"), "note": format!("seen {n} times"), "share": n});
    let one = |n: u64| {
        let target = format!("/v1/records/{}", 70_000 + n);
        let request = HttpRequest { method: "GET".into(), target: target.into(), ..HttpRequest::default() };
        let content = Content::Whole(Body::from_json(&record(n)));
        Interaction {
            number: 0,
            channel: "api".into(),
            key: Key::default(),
            request: Request::Http(request),
            reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }),
            latency: Some(Duration::from_millis(2)),
            fidelity: Fidelity::Wire,
        }
    };
    (1..=12).map(one).collect()
}

/// Reads all records. It panics at a value that it was not made for; there are five kinds of these.
fn agent(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        let mut read = 0;
        for n in 1..=12 {
            let request = http::Request::get(format!("/v1/records/{}", 70_000 + n)).body(Bytes::new()).unwrap();
            let Ok(reply) = world.exchange("api", request).await else { return Answer::error("no reply") };
            let body = reply.into_body().collect().await.unwrap().to_bytes();
            let Ok(record) = serde_json::from_slice::<Value>(&body) else { return Answer::error("no JSON") };
            assert!(record["amount"].as_f64().is_none_or(|amount| amount >= 0.0), "a negative amount");
            assert!(record["limit"].as_f64().is_none_or(|limit| limit <= 1000.0), "a limit above 1000");
            assert!(record["label"].as_str() != Some(""), "an empty label");
            assert!(record["note"].as_str().is_none_or(|note| note.chars().count() <= 20), "a note that is too long");
            assert!(record["share"].as_f64().is_none_or(|share| share.fract() == 0.0), "a part of a share");
            read += 1;
        }
        Answer::done(read)
    })
}

fn suite(folder: &Path) -> Suite {
    let http = Channel { kind: ChannelKind::Http { base: "http://api.example/v1".to_owned() } };
    let header = Header {
        name: "values".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent::Matching::default(),
        channels: BTreeMap::from([("api".to_owned(), http)]),
    };
    let path = folder.join("values.json");
    Cassette::new(header, recording()).save(&path).unwrap();
    let source = checkagent::__private::Source {
        module: "values::agent",
        function: "agent",
        file: "",
        line: 0,
        manifest_dir: "",
    };
    let plan = Plan::new(source, agent, |_, _| {}).cassette(path.to_str().unwrap()).mutations(corrupt_value());
    Suite::load(plan).unwrap()
}

#[test]
fn five_planted_defects_are_found_at_their_places_with_the_simplest_values() {
    let folder = tempfile::tempdir().unwrap();
    let suite = suite(folder.path());
    let reports = suite.run_all().unwrap();
    let failing: Vec<&Report> =
        reports.iter().filter(|report| report.verdict.kind.standing() == Standing::Failing).collect();
    assert!(failing.iter().all(|report| report.verdict.kind == VerdictKind::Panicked));
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for report in &failing {
        let pointer = report.case.site().pointer.as_ref().unwrap().to_string();
        found.entry(pointer).or_default().push(report.case.site().value.clone().unwrap());
    }
    let simplest = [
        ("/amount", json!(-1)),
        ("/label", json!("")),
        ("/limit", json!(1001)),
        ("/note", json!("a".repeat(21))),
        ("/share", json!(0.5)),
    ];
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), simplest.each_ref().map(|(at, _)| *at));
    for (at, value) in &simplest {
        assert!(found[*at].iter().all(|found| found == value), "{at}: {:?}, not {value}", found[*at]);
    }
    // Each is kept as a value, and a case of its own from now on; but not on a build server.
    let kept = folder.path().join("values.agent.regressions.jsonl");
    let lines = std::fs::read_to_string(kept).unwrap_or_default().lines().count();
    assert_eq!(lines, if checkagent::__private::is_ci() { 0 } else { failing.len() });
}

#[test]
fn a_case_tries_64_values_and_says_how_many() {
    let folder = tempfile::tempdir().unwrap();
    let suite = suite(folder.path());
    let reports = suite.run_all().unwrap();
    let tried: Vec<_> = reports
        .iter()
        .filter(|report| report.verdict.kind.standing() != Standing::Failing)
        .map(|report| report.values_tried)
        .collect();
    // A kind of few values has no more.
    assert!(tried.iter().all(Option::is_some) && tried.contains(&Some(64)), "{tried:?}");
}
