//! Answers to what the recording has none for: branches, live systems, and conversations put in another way.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::key::Keyer;
use checkagent_cassette::model::{Part, Saying, Streaming, Wire};
use checkagent_cassette::redact::Redactor;
use checkagent_cassette::{Branch, Cassette, HttpReply, Reply, Request};
use serde_json::{Value, json};

use super::{Reaction, Reactions};
use crate::fixture::{CHANNEL, Session, Taped, bent, recording_of, request, taped, with_header};
use crate::ledger::{Outcome, Tier};
use crate::mutation::{Bend, Fault, Mutation};
use crate::plan::{branch_name, versions};
use crate::record::BranchRecorder;
use crate::recording::Recording;

const CHAT: &str = "/v1/chat/completions";

/// A conversation in which a tool was called and gave this back.
fn conversation(id: &str, arguments: &str, result: &str) -> Value {
    json!({"model": "m", "messages": [
        {"role": "user", "content": "look"},
        {"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}}]},
        {"role": "tool", "tool_call_id": id, "content": result},
    ]})
}

fn says(text: &str) -> HttpReply {
    Wire::OpenAiChat.compose(&Saying::of("m", vec![Part::text(text)]), Streaming::Whole).unwrap()
}

fn recording() -> Arc<Recording> {
    recording_of(vec![
        taped("GET", "/v1/look").reply(&json!({"n": 1})),
        taped("POST", CHAT).body(&conversation("a", r#"{"x":1,"y":2}"#, r#"{"n":1}"#)).reply_with(says("one")),
        taped("POST", "/v1/pay").body(&json!({"n": 1})).reply(&json!({"paid": 1})),
    ])
}

fn fault() -> Vec<Mutation> {
    vec![bent(Bend::Fault { at: 1, fault: Fault::status(503, "{}"), times: 1 })]
}

/// The recording with a branch of the fault: these interactions.
fn branched(taped: Vec<Taped>) -> Arc<Recording> {
    let plain = recording();
    let mut keyer = Keyer::new(plain.cassette().header().matching.clone());
    let mut interactions = recording_of(taped).interactions().to_vec();
    for interaction in &mut interactions {
        interaction.key = keyer.key(CHANNEL, &interaction.request).key;
    }
    let (case, operators) = (branch_name(&fault()), versions(&fault()));
    let branch = Branch { case, operators, base: plain.base_hash().to_owned(), interactions };
    Recording::new(plain.cassette().clone().with_branches(vec![branch]), Vec::new())
}

fn ask(session: &mut Session, request: &Request) -> String {
    match session.send(request) {
        Reaction::Reply(Reply::Http(reply), _) => {
            let document = reply.body().json().unwrap_or_default();
            document["choices"][0]["message"]["content"].as_str().unwrap_or("?").to_owned()
        }
        other => panic!("no reply: {other:?}"),
    }
}

fn chat(result: &str) -> Request {
    request("POST", CHAT, &conversation("a", r#"{"x":1,"y":2}"#, result))
}

#[test]
fn a_branch_answers_in_order_and_repeats_its_last_answer() {
    let again = conversation("a", r#"{"x":1,"y":2}"#, "gone");
    let recording = branched(vec![
        taped("POST", CHAT).body(&again).reply_with(says("first")),
        taped("POST", CHAT).body(&again).reply_with(says("second")),
    ]);
    let mut session = Session::new(&recording, fault());
    let said: Vec<_> = (0..3).map(|_| ask(&mut session, &chat("gone"))).collect();
    assert_eq!(said, ["first", "second", "second"]);
    assert_eq!(ask(&mut session, &chat(r#"{"n":1}"#)), "one", "what is recorded comes first");
    assert_eq!(session.send(&chat("another")), Reaction::End, "nobody knows that");
    let ledger = session.ledger();
    assert_eq!(ledger.calls[0].outcome, Outcome::Reacted { tier: Tier::Branch });
    let turn = ledger.calls[0].model.as_ref().unwrap();
    assert_eq!((turn.tier, turn.text.as_str(), turn.results), (Tier::Branch, "first", 1));
    assert!(matches!(ledger.calls[3].outcome, Outcome::Served { interaction: 2, .. }));
    assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()), "a model may be asked twice");
}

#[test]
fn another_fault_does_not_get_the_branch() {
    let gone = conversation("a", r#"{"x":1,"y":2}"#, "gone");
    let recording = branched(vec![taped("POST", CHAT).body(&gone).reply_with(says("first"))]);
    let other = vec![bent(Bend::Fault { at: 3, fault: Fault::status(503, "{}"), times: 1 })];
    assert_eq!(Session::new(&recording, other).send(&chat("gone")), Reaction::End);
    assert_eq!(Session::new(&recording, Vec::new()).send(&chat("gone")), Reaction::End);
}

#[test]
fn a_conversation_put_in_another_way_is_the_recorded_one() {
    let recording = recording();
    let mut session = Session::new(&recording, fault());
    let same = conversation("call_77", r#"{ "y": 2, "x": 1 }"#, "{\n \"n\": 1\n}");
    assert_eq!(ask(&mut session, &request("POST", CHAT, &same)), "one");
    let ledger = session.ledger();
    assert!(matches!(ledger.calls[0].outcome, Outcome::Served { interaction: 2, repeated: false, .. }));
    assert_eq!(ledger.tier(), Tier::Proved);
    let other = conversation("call_77", r#"{ "y": 3, "x": 1 }"#, r#"{"n":1}"#);
    assert_eq!(Session::new(&recording, fault()).send(&request("POST", CHAT, &other)), Reaction::End);
}

#[test]
fn a_fault_at_a_conversation_meets_it_also_where_it_is_put_in_another_way() {
    let recording = recording();
    let at_model = vec![bent(Bend::Fault { at: 2, fault: Fault::status(529, "{}"), times: 1 })];
    let mut session = Session::new(&recording, at_model);
    let same = request("POST", CHAT, &conversation("b", r#"{"y":2,"x":1}"#, r#"{"n":1}"#));
    assert!(matches!(session.send(&same), Reaction::Reply(reply, _) if !reply.is_success()));
    assert_eq!(ask(&mut session, &same), "one");
}

/// What records the branches of the recording in that folder, with `CHANNEL` live or not.
fn recorder(folder: &Path, live: bool) -> Arc<BranchRecorder> {
    let path = folder.join("c.json");
    if !path.exists() {
        recording().cassette().save(&path).unwrap();
    }
    let live = if live { vec![CHANNEL.to_owned()] } else { Vec::new() };
    let upstreams = BTreeMap::from([(CHANNEL.to_owned(), "http://key:s3cr3t-pass@api.example".to_owned())]);
    Arc::new(BranchRecorder::open(&path, recording().base_hash(), &upstreams, &live, |_| true).unwrap())
}

fn live(recorder: &Arc<BranchRecorder>) -> Session {
    Session::reacting(&recording(), fault(), Reactions::live(&fault(), recorder))
}

fn saved(folder: &Path) -> Cassette {
    Cassette::load(folder.join("c.json")).unwrap()
}

fn number(reaction: &Reaction) -> usize {
    match reaction {
        Reaction::Ask(number) => *number,
        other => panic!("nobody is asked: {other:?}"),
    }
}

const TOOK: Duration = Duration::from_millis(700);

#[test]
fn what_a_live_model_says_is_kept_without_secrets_and_asked_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = recorder(folder.path(), false);
    let mut session = live(&recorder);
    let call = number(&session.send(&chat("gone")));
    let reply = Reply::Http(says("well, Basic a2V5OnMzY3IzdC1wYXNz says no"));
    assert_eq!(session.replay.reacted(call, Ok((reply.clone(), TOOK))), Reaction::Reply(reply, TOOK));
    let ledger = session.ledger();
    assert_eq!(ledger.calls[0].outcome, Outcome::Reacted { tier: Tier::Live });
    assert_eq!(ledger.calls[0].model.as_ref().map(|turn| turn.tier), Some(Tier::Live));

    let kept = recorder.end(&mut Redactor::default()).unwrap();
    assert_eq!((kept.needed, kept.recorded, kept.complete), (true, 1, 0));
    let text = std::fs::read_to_string(folder.path().join("c.json")).unwrap();
    assert!(!text.contains("a2V5OnMzY3IzdC1wYXNz"), "{text}");
    let cassette = saved(folder.path());
    assert_eq!(cassette.base_hash(), recording().base_hash(), "the recording is as it was");
    assert_eq!(cassette.branches()[0].interactions[0].latency, Some(TOOK));

    // The same again, from the file: offline, and by a recorder that has it already.
    let mut offline = Session::new(&Recording::new(cassette, Vec::new()), fault());
    assert!(ask(&mut offline, &chat("gone")).contains("says no"));
    let again = self::recorder(folder.path(), false);
    let mut session = live(&again);
    assert!(ask(&mut session, &chat("gone")).contains("says no"));
    let more = number(&session.send(&chat("gone")));
    assert_eq!(more, 1, "a live model may say something else the second time");
    session.replay.reacted(more, Ok((Reply::Http(says("two")), TOOK)));
    assert_eq!(again.end(&mut Redactor::default()).unwrap().recorded, 1);
    assert_eq!(saved(folder.path()).branches()[0].interactions.len(), 2);
}

#[test]
fn a_case_that_a_model_refuses_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = recorder(folder.path(), false);
    let before = saved(folder.path()).to_text();
    for said in [Ok((Reply::Http(HttpReply { status: 400, ..says("no") }), TOOK)), Err("no route".to_owned())] {
        let mut session = live(&recorder);
        let call = number(&session.send(&chat("gone")));
        session.replay.reacted(call, Ok((Reply::Http(says("fine")), TOOK)));
        let call = number(&session.send(&chat("away")));
        assert_eq!(session.replay.reacted(call, said), Reaction::End);
        let problem = recorder.end(&mut Redactor::default()).unwrap_err();
        assert!(problem.contains("was answered 400") || problem.contains("no route"), "{problem}");
        assert_eq!(saved(folder.path()).to_text(), before);
    }
    let mut session = live(&recorder);
    let call = number(&session.send(&chat("gone")));
    session.replay.reacted(call, Ok((Reply::Http(says("fine")), TOOK)));
    assert!(recorder.end(&mut Redactor::default()).is_ok(), "a problem is that of one case");
}

#[test]
fn a_branch_that_is_void_or_needed_no_more_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let branch = |case: String, base: String| Branch {
        case,
        operators: versions(&fault()),
        base,
        interactions: branched(vec![taped("POST", CHAT)]).cassette().branches()[0].interactions.clone(),
    };
    let of_another = format!("xxh3:{}", "0".repeat(32));
    let own = recording().base_hash().to_owned();
    let branches = vec![branch(branch_name(&fault()), of_another), branch("gone@9".to_owned(), own)];
    recording().cassette().clone().with_branches(branches).save(folder.path().join("c.json")).unwrap();
    let upstreams = BTreeMap::new();
    let path = folder.path().join("c.json");
    let exists = |case: &str| case != "gone@9";
    let recorder = Arc::new(BranchRecorder::open(&path, recording().base_hash(), &upstreams, &[], exists).unwrap());
    let mut session = live(&recorder);
    assert_eq!(number(&session.send(&chat("gone"))), 0, "what is void does not answer");
    recorder.fail("too bad".to_owned());
    assert!(recorder.end(&mut Redactor::default()).is_err());
    assert_eq!(saved(folder.path()).branches().len(), 2, "nothing was recorded");
    recorder.finish().unwrap();
    assert!(saved(folder.path()).branches().is_empty(), "another recording, and no such case");
    let _needs_nothing = live(&recorder);
    assert!(!recorder.end(&mut Redactor::default()).unwrap().needed);
    assert!(saved(folder.path()).branches().is_empty());
}

#[test]
fn only_live_channels_are_asked_beside_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let other = || request("GET", "/v1/other", &Value::Null);
    let pay = |n: u64| request("POST", "/v1/pay", &json!({"n": n}));
    let mut session = live(&recorder(folder.path(), false));
    assert_eq!(session.send(&other()), Reaction::End);
    let mut session = live(&recorder(folder.path(), false));
    assert!(matches!(session.send(&pay(2)), Reaction::Reply(..)), "an effect is echoed");

    let recorder = recorder(folder.path(), true);
    let mut session = live(&recorder);
    let call = number(&session.send(&other()));
    let said = Reply::Http(HttpReply { status: 404, ..HttpReply::default() });
    assert_eq!(session.replay.reacted(call, Ok((said.clone(), TOOK))), Reaction::Reply(said, TOOK));
    assert!(matches!(session.send(&pay(1)), Reaction::Reply(..)), "this one is recorded");
    let call = number(&session.send(&pay(2)));
    session.replay.reacted(call, Ok((Reply::Http(HttpReply { status: 201, ..HttpReply::default() }), TOOK)));
    recorder.end(&mut Redactor::default()).unwrap();
    let text =
        BranchRecorder::refusal("GET /x", &Reply::Http(HttpReply { status: 429, ..HttpReply::default() }), false);
    assert!(text.is_some_and(|text| text.contains("429")), "what a system says of the account is no reaction");

    let recording = Recording::new(saved(folder.path()), Vec::new());
    let mut session = Session::new(&recording, fault());
    assert!(matches!(session.send(&other()), Reaction::Reply(Reply::Http(reply), _) if reply.status == 404));
    session.send(&pay(2));
    session.send(&pay(2));
    session.send(&with_header(pay(2), "idempotency-key", "k"));
    let ledger = session.ledger();
    let effects: Vec<_> = ledger.unrecorded_effects().map(|call| call.duplicate.is_some()).collect();
    assert_eq!(effects, [false, true, true], "an effect that a branch answers is one that is not recorded");
}

#[test]
fn of_a_conversation_the_agents_own_ids_are_kept_and_nothing_else() {
    const FIRST: &str = "e23dd0a1-efdb-403f-a734-2e7fdaaa0621";
    const SECOND: &str = "d3b14fc9-0615-4100-b423-92d8ca9a38d3";
    let folder = tempfile::tempdir().unwrap();
    let recorder = recorder(folder.path(), false);
    let mut session = live(&recorder);
    let call = number(&session.send(&chat(&format!("gone, run {FIRST}"))));
    session.replay.reacted(call, Ok((Reply::Http(says(&format!("seen in {FIRST}"))), TOOK)));
    recorder.end(&mut Redactor::default()).unwrap();
    let saved = saved(folder.path());
    let kept = &saved.branches()[0].interactions[0].request;
    assert_eq!(kept.json(), Some(json!({"ids": [FIRST]})));
    let mut session = Session::new(&Recording::new(saved, Vec::new()), fault());
    assert_eq!(ask(&mut session, &chat(&format!("gone, run {SECOND}"))), format!("seen in {SECOND}"));
}
