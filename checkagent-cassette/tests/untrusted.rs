//! What comes from outside never panics, whatever it is.

use std::collections::BTreeMap;
use std::time::Duration;

use checkagent_cassette::analysis::{Batch, Flow, ItemFailure, Observed, Several, differences, list_places};
use checkagent_cassette::json::{Edit, Layout, Pointer, apply_all, leaves, pretty};
use checkagent_cassette::key::{Key, Matching};
use checkagent_cassette::redact::Redactor;
use checkagent_cassette::{
    Body, Branch, Cassette, Channel, ChannelKind, Content, Fidelity, Frame, Header, HttpReply, HttpRequest,
    Interaction, Journal, Reply, Request, journal_path, seal_file,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn interaction(method: &str, target: &str, body: Body, content: Content) -> Interaction {
    let headers = vec![("content-type".into(), "application/json".into())];
    Interaction {
        number: 1,
        channel: "api".into(),
        key: Key::default(),
        request: Request::Http(HttpRequest { method: method.into(), target: target.into(), headers, body }),
        reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }),
        latency: Some(Duration::from_millis(3)),
        fidelity: Fidelity::Wire,
    }
}

fn cassette(interactions: Vec<Interaction>) -> Cassette {
    let kind = ChannelKind::Http { base: "http://api.example".to_owned() };
    let header = Header {
        name: "untrusted".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: Matching::default().ignore_query("nonce"),
        channels: BTreeMap::from([("api".to_owned(), Channel { kind })]),
    };
    Cassette::new(header, interactions)
}

fn sample() -> Cassette {
    let frames = Content::Frames(vec![Frame { after: None, data: Body::Text("data: ä\n\n".into()) }]);
    let base = cassette(vec![
        interaction(
            "GET",
            "/a?x=%C3%A4",
            Body::Empty,
            Content::Whole(Body::from_bytes(br#"{"a": [1.10, {"b": null}]}"#)),
        ),
        interaction("POST", "/b", Body::from_bytes(&[0, 255]), frames.clone()),
    ]);
    let branch = Branch {
        case: "timeout@1".to_owned(),
        operators: BTreeMap::from([("timeout".to_owned(), 1)]),
        base: base.base_hash(),
        interactions: vec![interaction("POST", "/c", Body::from_bytes(b"{}"), frames)],
    };
    base.with_branches(vec![branch])
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("https://u:p4ssw0rd@h/x?api_key=1")),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_cassette_is_refused_without_a_panic(at in any::<prop::sample::Index>(), bytes in any_bytes(), cut in any::<bool>()) {
        let mut text = sample().to_text().into_bytes();
        let start = at.index(text.len());
        let end = if cut { text.len() } else { (start + bytes.len()).min(text.len()) };
        let before = text.clone();
        text.splice(start..end, bytes);
        let damaged = String::from_utf8_lossy(&text).into_owned();
        if damaged.as_bytes() != before {
            // Whatever was changed: a cassette that loads is the one that was sealed.
            prop_assert!(Cassette::parse(&damaged).is_err());
        }
    }

    #[test]
    fn every_cassette_comes_back_from_its_text(bodies in prop::collection::vec((any_bytes(), any_json()), 1..4)) {
        let interactions = bodies.iter().map(|(bytes, json)| {
            interaction("POST", "/x", Body::from_bytes(bytes), Content::Whole(Body::from_json(json)))
        });
        let cassette = cassette(interactions.collect());
        let read = Cassette::parse(&cassette.to_text()).unwrap();
        prop_assert_eq!(read.to_text(), cassette.to_text());
        for (read, (bytes, _)) in read.interactions().iter().zip(&bodies) {
            let Request::Http(request) = &read.request else { unreachable!() };
            prop_assert_eq!(&*request.body.to_bytes(), bytes.as_slice());
        }
    }

    #[test]
    fn sealing_anything_does_not_panic(bytes in any_bytes()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        std::fs::write(&path, bytes).unwrap();
        let _ = seal_file(&path);
    }

    #[test]
    fn a_journal_of_anything_is_recovered_or_refused(bytes in any_bytes(), headed in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        let head = if headed { &b"{\"checkagent_journal\":1}\n"[..] } else { b"" };
        std::fs::write(journal_path(&path), [head, &bytes].concat()).unwrap();
        let _ = Journal::peek(&path);
        let _ = Journal::open(&path);
    }

    #[test]
    fn redaction_of_anything_ends_and_is_stable(text in any::<String>(), json in any_json()) {
        for text in [text, json.to_string()] {
            let mut redactor = Redactor::default();
            if let Some(once) = redactor.text(&text) {
                let again = redactor.text(&once).unwrap_or_else(|| once.clone());
                prop_assert_eq!(again, once);
            }
        }
    }

    #[test]
    fn json_texts_keep_their_value_through_layout_and_edits(json in any_json(), key in any::<String>()) {
        let text = json.to_string();
        prop_assert_eq!(Layout::Compact.apply(&pretty(&text, 2)), text.clone());
        for at in [Pointer::root().key(&key), Pointer::parse("/*"), Pointer::parse("/0"), Pointer::root()] {
            let set = Edit::Set { at: at.clone(), value: json!("new") };
            // The whole document can be replaced, but not taken out.
            let remove = (!at.steps().is_empty()).then_some(Edit::Remove { at });
            for edit in remove.into_iter().chain([set]) {
                if let Some(bent) = apply_all(&text, std::slice::from_ref(&edit)) {
                    prop_assert!(serde_json::from_str::<Value>(&bent).is_ok(), "{edit:?} made {bent} of {text}");
                }
            }
        }
    }

    #[test]
    fn analysis_of_anything_does_not_panic(one in any_json(), other in any_json(), target in any::<String>()) {
        let _ = (differences(&one, &other), list_places(&one));
        as_a_batch(Body::from_json(&one), Body::from_json(&other));
        let mut observed = Observed::default();
        observed.add(&one);
        for (place, _) in observed.fields() {
            let _ = (observed.against(place, &other), observed.against_missing(place));
        }
        let content = |json: &Value| Content::Whole(Body::from_json(json));
        let recording = cassette(vec![
            interaction("GET", &target, Body::from_json(&other), content(&one)),
            interaction("POST", &target, Body::from_json(&one), content(&other)),
        ]);
        let text = Body::from_bytes(format!("<a>{target}</a> {one}").as_bytes());
        let recording = cassette(vec![
            recording.interactions()[0].clone(),
            interaction("POST", &target, Body::from_json(&json!({"t": one.to_string()})), Content::Whole(text)),
            recording.interactions()[1].clone(),
        ]);
        let flow = Flow::of(recording.interactions());
        let _ = (flow.pages(recording.interactions()), flow.unfollowed(recording.interactions()));
        let _ = (flow.to_answer(&one), flow.ranked(1), flow.ranked(0), flow.ranked(usize::MAX));
        for link in flow.links() {
            prop_assert!(link.from < link.to && link.value.chars().count() >= 4, "{link:?}");
        }
        for at in [Pointer::root(), Pointer::parse("/*"), Pointer::parse("/0/*/a")] {
            let influence = flow.influence(1, &at);
            prop_assert!(influence.weight() == 0 || !flow.flows_nowhere(1, &at, Some(&other)));
        }
    }
}

/// Whatever a batch may be asked for.
fn as_a_batch(asked: Body, answered: Body) {
    let exchange = interaction("POST", "/?ids=1,2&id=3&id=4", asked, Content::Whole(answered));
    if let (Some(several), Some(document)) = (Several::of(&exchange), exchange.reply.json()) {
        let _ = (several.only(&document, &several.found()), several.part_in(&exchange.request));
    }
    let Some(batch) = Batch::of(&exchange) else { return };
    let all: Vec<_> = (0..batch.items().len()).collect();
    for failure in [ItemFailure::Retryable, ItemFailure::Permanent] {
        for failed in [&all[..], &all[all.len() / 2..], &[]] {
            let _ = (batch.not_done(failed), batch.reply_with_failures(&exchange.reply, failed, failure));
            if let Some(part) = batch.part_in(&exchange.request) {
                let _ = batch.reply_to_part(&exchange.reply, &part, failed, failure);
            }
        }
    }
    let sent = batch.items_in(&exchange.request).unwrap_or_default();
    let _ = batch.reply_to_others(&exchange.reply, &sent, |model, _| model.answered.clone());
}

/// A request and a reply of most vendors.
const BATCHES: [(&str, &str); 12] = [
    (r#"{"RequestItems":{"T":[{"PutRequest":{}},{"DeleteRequest":{}}]}}"#, r#"{"UnprocessedItems":{"T":[]}}"#),
    (
        r#"{"RequestItems":{"T":{"Keys":[{"k":{"S":"1"}},{"k":{"S":"2"}}]}}}"#,
        r#"{"Responses":{"T":[{"k":{"S":"1"}}]}}"#,
    ),
    (r#"{"TransactItems":[{"Put":{}},{"Update":{}}],"ClientRequestToken":"x"}"#, "{}"),
    (r#"{"Entries":[{"Id":"a"},{"Id":"b"}]}"#, r#"{"Successful":[{"Id":"b"}],"Failed":[{"Id":"a"}]}"#),
    (r#"{"Records":[{"Data":"a"},{"Data":"b"}]}"#, r#"{"FailedPutCount":0,"RequestResponses":[{"RecordId":"a"},{}]}"#),
    (r#"{"rows":[{"json":{"a":1}},{"json":{}}],"skipInvalidRows":false}"#, r#"{"insertErrors":[{"index":1}]}"#),
    (
        r#"{"requests":[{"id":"1","method":"GET","url":"u"},{"id":"2","method":"PUT","url":"u","dependsOn":["1"]}]}"#,
        r#"{"responses":[{"id":"2","status":200},{"id":"1","status":500}]}"#,
    ),
    (
        r#"{"allOrNone":false,"compositeRequest":[{"referenceId":"a"},{"referenceId":"b","url":"@{a.id}"}]}"#,
        r#"{"compositeResponse":[{"httpStatusCode":200},{"httpStatusCode":400}]}"#,
    ),
    (r#"{"docs":[{"_id":"a"},{}]}"#, r#"[{"ok":true,"id":"a"},{"id":"b","error":"conflict"}]"#),
    (r#"{"inputs":[{"id":"1"},{"id":"2"}]}"#, r#"{"status":"COMPLETE","results":[{"id":"2"}]}"#),
    (
        r#"{"query":"mutation { a: m(n: $x) { id } b: m(n: 2) { id } }","variables":{"x":1}}"#,
        r#"{"data":{"a":{"userErrors":[]},"b":null},"errors":[{"path":["b"]}]}"#,
    ),
    (r#"[{"a":1},{"b":2}]"#, r#"{"items":[{"index":{"status":201}},{"update":{"status":400,"error":{}}}]}"#),
];

proptest! {
    #[test]
    fn batches_with_anything_at_any_place_do_not_panic(
        which in 0..BATCHES.len(), in_reply in any::<bool>(), place in any::<prop::sample::Index>(), value in any_json(),
    ) {
        let (asked, answered) = BATCHES[which];
        let bent = if in_reply { answered } else { asked };
        let document: Value = serde_json::from_str(bent).unwrap();
        let mut places = vec![Pointer::root()];
        leaves(&document, &mut |place, _| {
            let steps = place.steps();
            places.extend((1..=steps.len()).map(|end| steps[..end].iter().cloned().fold(Pointer::root(), |at, step| at.then(step))));
        });
        let at = place.get(&places).clone();
        let bent = apply_all(bent, &[Edit::Set { at, value }]).unwrap();
        let body = |text: &str| Body::from_bytes(text.as_bytes());
        let (asked, answered) = if in_reply { (asked, bent.as_str()) } else { (bent.as_str(), answered) };
        as_a_batch(body(asked), body(answered));
    }

    #[test]
    fn batches_in_other_texts_do_not_panic(cut in any::<prop::sample::Index>(), end in any::<prop::sample::Index>(), noise in any::<String>()) {
        let lines = "{\"index\":{\"_id\":\"1\"}}\n{\"a\":1}\n{\"delete\":{}}\n";
        let items = r#"{"items":[{"index":{"status":201}},{"delete":{"status":404}}]}"#;
        let keys = "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Quiet>true</Quiet></Delete>";
        let done = "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key></Error></DeleteResult>";
        for (asked, answered) in [(lines, items), (keys, done)] {
            let with_noise = |text: &str| {
                let (one, other) = (cut.index(text.len() + 1), end.index(text.len() + 1));
                format!("{}{noise}{}", &text[..one.min(other)], &text[one.max(other)..])
            };
            as_a_batch(Body::from_bytes(with_noise(asked).as_bytes()), Body::from_bytes(answered.as_bytes()));
            as_a_batch(Body::from_bytes(asked.as_bytes()), Body::from_bytes(with_noise(answered).as_bytes()));
        }
    }
}

#[test]
fn deep_nesting_is_read_as_text_or_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = Body::from_bytes(deep.as_bytes());
    assert!(body.json().is_none());
    assert_eq!(body.to_bytes().len(), deep.len());
    let text = sample().to_text().replace("null", &deep);
    assert!(Cassette::parse(&text).is_err());
}
