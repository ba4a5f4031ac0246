use std::collections::HashSet;

use checkagent_cassette::model::{Part, Saying, Wire};
use checkagent_cassette::{HttpRequest, Request};
use serde_json::{Value, json};

use super::StandIn;
use super::testing::{CALLS, DONE, FORMS, MODEL, Ran, Talk, planted, refund, run};
use crate::fixture::{CHANNEL, Session, bent, recording_of, request, taped};
use crate::ledger::Outcome;
use crate::mutation::{Bend, Fault};

fn all_ids(sayings: &[Saying]) -> Vec<String> {
    sayings.iter().flat_map(Saying::calls).filter_map(|call| call.id.clone()).collect()
}

/// A run in which the model is replaced from the start.
fn replaced(stand_in: StandIn, wire: (Wire, checkagent_cassette::model::Streaming)) -> Ran {
    run(&refund(wire.0, wire.1), Vec::new(), stand_in, true)
}

#[test]
fn an_agent_comes_to_its_end_with_every_stand_in_but_the_stubborn_one() {
    for form in FORMS {
        for stand_in in StandIn::ALL {
            for is_replaced in [true, false] {
                let recording = refund(form.0, form.1);
                let faults = planted(&recording, "direct");
                let ran = run(&recording, faults, stand_in.clone(), is_replaced);
                let name = format!("{stand_in:?} {form:?} {is_replaced}");
                if stand_in == StandIn::Stubborn {
                    assert_eq!(ran.text, None, "{name}");
                    let last = &ran.ledger.calls.last().expect("it called").outcome;
                    assert_eq!(*last, Outcome::OverBudget { allowed: CALLS }, "{name}");
                } else {
                    assert!(ran.text.is_some_and(|text| !text.is_empty()), "{name}");
                    assert!(ran.ledger.calls.len() < 20, "{name}");
                }
            }
        }
    }
}

#[test]
fn what_stands_around_an_answer_is_as_a_model_would_have_it() {
    for form in FORMS {
        for stand_in in StandIn::ALL {
            let ran = replaced(stand_in.clone(), form);
            let again = replaced(stand_in.clone(), form);
            assert_eq!(ran.sayings, again.sayings, "{stand_in:?} {form:?}: the same in every run");
            let ids = all_ids(&ran.sayings);
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{stand_in:?} {form:?}");
            let calls = ran.calls().len();
            assert_eq!(ids.len(), if form.0 == Wire::Gemini { 0 } else { calls }, "{stand_in:?} {form:?}");
            for saying in &ran.sayings {
                assert_eq!(saying.stop, checkagent_cassette::model::Stop::Done, "{stand_in:?} {form:?}");
                let usage = saying.usage.as_ref().unwrap_or_else(|| panic!("{stand_in:?} {form:?} has usage"));
                assert!(usage.input > 0 && usage.output > 0, "{stand_in:?} {form:?}");
                assert_eq!(saying.model, "m-1-2026", "{stand_in:?} {form:?}");
            }
        }
    }
}

#[test]
fn the_oblivious_one_says_what_was_recorded_and_keeps_the_recorded_ids() {
    for form in FORMS {
        let ran = replaced(StandIn::Oblivious, form);
        assert_eq!(ran.text.as_deref(), Some(DONE));
        let names: Vec<_> = ran.calls().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["get_order", "refund"]);
        if form.0 != Wire::Gemini {
            assert_eq!(all_ids(&ran.sayings), ["call_Ab12Cd34", "call_Ef56Gh78"]);
        }
        assert_eq!(ran.ledger.tier(), crate::ledger::Tier::StandIn);
    }
}

#[test]
fn a_recorded_answer_that_is_said_again_gets_other_ids() {
    for form in FORMS.into_iter().filter(|(wire, _)| *wire != Wire::Gemini) {
        // The conversation ended already; the model is asked once more, and the last call is all that is left to say.
        let recording = refund(form.0, form.1);
        let mut talk = Talk::begin(form.0, form.1, "Refund ord_9f31c2.");
        let saying = recording.model_exchange(1).and_then(|exchange| exchange.saying.clone()).expect("a saying");
        let call = saying.calls().next().expect("a call").clone();
        talk.add(&saying, &[(call.clone(), json!("no answer"))]);
        let Request::Http(http) = talk.request() else { panic!("http") };
        let again = StandIn::script(move |_| Some(saying.clone()));
        let by_hand = again.reply(MODEL, &http, &recording).expect("a reply");
        assert_eq!(form.0.saying(&by_hand).expect("readable").calls().next().expect("a call").id, call.id);
        let stubborn = StandIn::Stubborn.reply(MODEL, &http, &recording).expect("a reply");
        let stubborn = form.0.saying(&stubborn).expect("readable");
        let other = stubborn.calls().next().expect("a call");
        assert_eq!((&other.name, other.value()), (&call.name, call.value()));
        let (id, recorded) = (other.id.clone().expect("an id"), call.id.expect("an id"));
        assert!(id != recorded && id.starts_with("call_") && id.len() == recorded.len(), "{id}");
    }
}

#[test]
fn the_fabricator_makes_up_one_call_and_claims_success() {
    for form in FORMS {
        let ran = replaced(StandIn::Fabricator, form);
        let calls = ran.calls();
        assert_eq!((calls.len(), calls[0].0.as_str()), (1, "get_order"), "{form:?}");
        assert!(calls[0].1.contains("ord_2a64d5"), "{form:?}: {}", calls[0].1);
        assert_eq!(ran.text.as_deref(), Some(DONE));
        // After a note that was changed, the next call is the refund.
        let recording = refund(form.0, form.1);
        let ran = run(&recording, planted(&recording, "direct_twin"), StandIn::Fabricator, false);
        let calls = ran.calls();
        assert_eq!(calls.len(), 2, "{form:?}");
        let made_up: Value = serde_json::from_str(&calls[1].1).expect("JSON");
        assert_eq!(made_up, json!({"order": "ord_2a64d5", "cents": 42_000}), "{form:?}");
        assert_eq!(ran.ledger.unrecorded_effects().count(), 1);
        assert_eq!(ran.text.as_deref(), Some(DONE));
    }
}

#[test]
fn the_stubborn_one_makes_the_same_call_under_another_id_each_time() {
    for form in FORMS {
        let ran = replaced(StandIn::Stubborn, form);
        let calls = ran.calls();
        let values: HashSet<_> = calls.iter().map(|(name, arguments)| (name, arguments.replace(' ', ""))).collect();
        assert_eq!((values.len(), calls[0].0.as_str()), (1, "get_order"), "{form:?}");
        let ids = all_ids(&ran.sayings);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{form:?}");
        assert_eq!(
            (calls.len(), ids.len()),
            (CALLS / 2, if form.0 == Wire::Gemini { 0 } else { CALLS / 2 }),
            "{form:?}"
        );
    }
}

#[test]
fn the_invalid_one_is_wrong_in_every_way_and_then_gives_up() {
    for form in FORMS {
        let ran = replaced(StandIn::Invalid, form);
        let calls = ran.calls();
        let text_wire = matches!(form.0, Wire::OpenAiChat | Wire::OpenAiResponses);
        let truncated = serde_json::from_str::<Value>(&calls[0].1).is_err();
        assert_eq!(truncated, text_wire, "{form:?}: {}", calls[0].1);
        let value = |at: usize| -> Value { serde_json::from_str(&calls[at].1).expect("JSON") };
        // By then the agent has answered a call, and the next recorded one is another.
        assert_eq!(value(1), json!({"order": [7], "cents": "4200"}), "{form:?}");
        assert_eq!(value(2), json!({}), "{form:?}");
        assert_eq!(value(3), json!({"order": "ord_9f31c2", "extra_notes": "none"}), "{form:?}");
        assert!(calls[4].0 != "get_order" && calls[4].0.to_lowercase().ends_with("get_order"), "{}", calls[4].0);
        assert_eq!((calls.len(), ran.sayings[5].parts.len()), (5, 0), "{form:?}: {:?}", ran.sayings[5]);
        assert_eq!(ran.text.as_deref(), Some("I could not get the tools to work."));
    }
}

#[test]
fn the_quitter_says_that_it_could_not_and_calls_nothing() {
    for form in FORMS {
        let ran = replaced(StandIn::Quitter, form);
        assert_eq!((ran.sayings.len(), ran.calls().len()), (1, 0));
        assert_eq!(ran.text.as_deref(), Some(super::quitter::TEXT));
    }
}

#[test]
fn a_script_calls_what_it_wants_and_goes_on_as_recorded() {
    for form in FORMS {
        let script = StandIn::script(|ask| match ask.last_result() {
            None => ask.call("refund", json!({"order": "ord_1", "cents": 1})),
            Some(_) => ask.say("Good."),
        });
        let ran = replaced(script, form);
        assert_eq!(ran.calls(), [("refund".to_owned(), r#"{"cents":1,"order":"ord_1"}"#.to_owned())], "{form:?}");
        assert_eq!(ran.text.as_deref(), Some("Good."));
    }
}

#[test]
fn a_replaced_model_is_never_the_recorded_one_and_the_faults_of_tools_are_met() {
    for form in FORMS {
        let recording = refund(form.0, form.1);
        let ran = run(&recording, planted(&recording, "direct"), StandIn::Oblivious, true);
        let asked = ran.ledger.calls.iter().filter(|call| call.channel == MODEL);
        let tiers: Vec<_> = asked.filter_map(|call| Some(call.model.as_ref()?.tier)).collect();
        assert_eq!(tiers, [crate::ledger::Tier::StandIn; 3]);
        assert_eq!((ran.ledger.bent_calls().count(), ran.ledger.met.as_slice()), (1, &[0][..]), "{form:?}");
        let undisturbed = run(&recording, Vec::new(), StandIn::Stop, false);
        assert_eq!(undisturbed.text.as_deref(), Some(DONE), "the recording answers where it can");
    }
}

/// A request to a model by hand, and what a stand-in says to it in a recording of nothing.
fn to_nothing(stand_in: &StandIn, target: &str, body: &Value) -> Option<Saying> {
    let Request::Http(http) = request("POST", target, body) else { panic!("http") };
    let reply = stand_in.reply(CHANNEL, &http, &recording_of(Vec::new()))?;
    Some(Wire::of(&http).and_then(|wire| wire.saying(&reply)).expect("readable"))
}

#[test]
fn where_nothing_is_recorded_they_say_what_they_can() {
    let parameters = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}});
    let tools = json!([{"type": "function", "function": {"name": "count", "parameters": parameters}}]);
    let messages = json!([{"role": "user", "content": "hi"}]);
    let bare = json!({"model": "m", "messages": messages});
    let offering = json!({"model": "m", "messages": messages, "tools": tools});
    let path = "/v1/chat/completions";
    for stand_in in [StandIn::Oblivious, StandIn::Gullible, StandIn::Fabricator, StandIn::Stop] {
        assert_eq!(to_nothing(&stand_in, path, &offering), None, "{stand_in:?}");
    }
    let said = |stand_in: StandIn, body: &Value| to_nothing(&stand_in, path, body).expect("it says something");
    assert_eq!(
        said(StandIn::Stubborn, &offering).calls().next().map(|call| call.arguments.clone()),
        Some(r#"{"n":1}"#.into())
    );
    assert_eq!(to_nothing(&StandIn::Stubborn, path, &bare), None);
    assert_eq!(said(StandIn::Invalid, &offering).calls().next().map(|call| call.name.clone()), Some("count".into()));
    assert_eq!(said(StandIn::Invalid, &bare).text(), "I could not get the tools to work.");
    let quitter = said(StandIn::Quitter, &bare);
    assert_eq!((quitter.model.as_str(), quitter.usage.map(|usage| usage.output)), ("m", Some(8)));
    assert_eq!(StandIn::Quitter.reply(CHANNEL, &HttpRequest::default(), &recording_of(Vec::new())), None);
}

#[test]
fn a_conversation_that_the_provider_keeps_goes_on_where_it_was_and_ends() {
    let path = "/v1/responses";
    let ask = |input: Value, previous: Option<&str>| match previous {
        None => json!({"model": "m", "input": input}),
        Some(previous) => json!({"model": "m", "input": input, "previous_response_id": previous}),
    };
    let came = |id: &str| json!([{"type": "function_call_output", "call_id": id, "output": "7"}]);
    let say = |id: &str, parts| Saying { id: Some(id.into()), ..Saying::of("m", parts) };
    let exchange = |body: Value, saying: &Saying| {
        let reply =
            Wire::OpenAiResponses.compose(saying, checkagent_cassette::model::Streaming::Whole).expect("a reply");
        taped("POST", path).body(&body).reply_with(reply)
    };
    let count = |id: &str| Part::call(id, "count", r#"{"n":1}"#);
    let recording = recording_of(vec![
        exchange(ask(json!("Count."), None), &say("resp_1", vec![count("call_1")])),
        exchange(ask(came("call_1"), Some("resp_1")), &say("resp_2", vec![count("call_2")])),
        exchange(ask(came("call_2"), Some("resp_2")), &say("resp_3", vec![Part::text("14")])),
    ]);
    for stand_in in [StandIn::Oblivious, StandIn::Fabricator, StandIn::Gullible, StandIn::Invalid, StandIn::Quitter] {
        let mut session = Session::with_model(&recording, Vec::new(), (stand_in.clone(), true), CALLS);
        let mut body = ask(json!("Count."), None);
        let mut calls = Vec::new();
        let text = loop {
            let document = session.ask("POST", path, body.clone()).1;
            let output = document["output"].as_array().expect("items").clone();
            let call = output.iter().find(|item| item["type"] == "function_call");
            let Some(id) = call.and_then(|call| call["call_id"].as_str()) else {
                if output.is_empty() {
                    continue;
                }
                break output[0]["content"][0]["text"].as_str().expect("a text").to_owned();
            };
            calls.push(id.to_owned());
            body = ask(came(id), document["id"].as_str());
        };
        let expected = match stand_in {
            StandIn::Oblivious | StandIn::Gullible => (2, "14"),
            StandIn::Fabricator => (1, "14"),
            StandIn::Invalid => (5, "I could not get the tools to work."),
            _ => (0, super::quitter::TEXT),
        };
        assert_eq!((calls.len(), text.as_str()), expected, "{stand_in:?}");
        assert_eq!(calls.iter().collect::<HashSet<_>>().len(), calls.len(), "{stand_in:?}: {calls:?}");
    }
}

#[test]
fn limits_of_the_model_itself_are_met_by_who_replaced_it() {
    for form in FORMS {
        let recording = refund(form.0, form.1);
        let faults = vec![bent(Bend::Fault { at: 1, fault: Fault::status(503, "{}"), times: 1 })];
        let mut session = Session::with_model(&recording, faults, (StandIn::Oblivious, true), CALLS);
        session.again(1);
        assert!(matches!(session.outcome().0, Outcome::Faulted { interaction: Some(1), .. }), "{form:?}");
    }
}
