//! What is composed is read back, on every wire and in every form.

use serde_json::{Value, json};

use crate::model::{Called, Part, Saying, Stop, Streaming, Usage, Wire, sse};
use crate::{Body, Content, HttpReply, HttpRequest};

const WIRES: [Wire; 4] = [Wire::OpenAiChat, Wire::OpenAiResponses, Wire::Anthropic, Wire::Gemini];

fn forms(wire: Wire) -> Vec<Streaming> {
    let mut forms = vec![Streaming::Whole, Streaming::Sse];
    forms.extend((wire == Wire::Gemini).then_some(Streaming::JsonArray));
    forms
}

fn said(parts: Vec<Part>, stop: Stop) -> Saying {
    Saying {
        id: Some("id_1".into()),
        created: 1_700_000_000,
        usage: Some(Usage::new(40, 9)),
        stop,
        ..Saying::of("some-model", parts)
    }
}

fn read(wire: Wire, saying: &Saying, form: Streaming) -> Saying {
    let reply = wire.compose(saying, form).unwrap_or_else(|| panic!("{wire:?} {form:?} cannot say {saying:?}"));
    wire.saying(&reply).unwrap_or_else(|| panic!("{wire:?} {form:?} cannot be read: {:?}", reply.body()))
}

#[test]
fn what_is_said_is_read_back_on_every_wire_and_in_every_form() {
    let text = "I look for a table at seven — “by the window”.\nOne moment.";
    let find = Part::call("c1", "find", r#"{"at":"19:00","for":2,"note":"日本語 and \"quotes\""}"#);
    let book = Part::call("c2", "book", r#"{"id":7}"#);
    for wire in WIRES {
        for form in forms(wire) {
            for (parts, stop) in [
                (vec![Part::text(text)], Stop::Done),
                (vec![Part::text(text), find.clone(), book.clone()], Stop::Done),
                (vec![find.clone()], Stop::Done),
                (vec![Part::text(text)], Stop::Length),
                (vec![Part::text("I")], Stop::Word("odd".into())),
                (vec![], Stop::Done),
            ] {
                let saying = said(parts, stop);
                let back = read(wire, &saying, form);
                assert_eq!((back.text(), &back.stop), (saying.text(), &saying.stop));
                assert_eq!(back.usage.map(|usage| (usage.input, usage.output)), Some((40, 9)));
                assert_eq!((&back.id, &back.model), (&saying.id, &saying.model));
                let body = wire.compose(&saying, form).unwrap().body().to_bytes().into_owned();
                let calls: Vec<_> = wire.reply(&body).calls.into_iter().map(|call| (call.id, call.arguments)).collect();
                let told: Vec<_> = saying.calls().map(|call| (call.id.clone(), call.value().unwrap())).collect();
                assert_eq!(calls, told, "{wire:?} {form:?}");
            }
        }
    }
}

#[test]
fn malformed_arguments_are_said_where_arguments_are_text() {
    let saying = said(vec![Part::call("c1", "find", "{\"city\": 'Ulm',}")], Stop::Done);
    for (wire, form) in [
        (Wire::OpenAiChat, Streaming::Whole),
        (Wire::OpenAiChat, Streaming::Sse),
        (Wire::OpenAiResponses, Streaming::Whole),
        (Wire::OpenAiResponses, Streaming::Sse),
        (Wire::Anthropic, Streaming::Sse),
    ] {
        let back = read(wire, &saying, form);
        assert_eq!(back.calls().next().unwrap().arguments, "{\"city\": 'Ulm',}", "{wire:?} {form:?}");
    }
    for (wire, form) in
        [(Wire::Anthropic, Streaming::Whole), (Wire::Gemini, Streaming::Whole), (Wire::Gemini, Streaming::Sse)]
    {
        assert_eq!(wire.compose(&saying, form), None, "{wire:?} {form:?}");
    }
}

#[test]
fn refusals_and_filters_have_the_words_of_their_wire() {
    let refusal = said(vec![Part::Refusal("I cannot help with that.".into())], Stop::Refused);
    for wire in [Wire::OpenAiChat, Wire::OpenAiResponses] {
        for form in forms(wire) {
            let back = read(wire, &refusal, form);
            assert_eq!((back.parts, back.stop), (refusal.parts.clone(), Stop::Refused), "{wire:?} {form:?}");
        }
    }
    let anthropic = read(Wire::Anthropic, &refusal, Streaming::Sse);
    assert_eq!((anthropic.text(), anthropic.stop), ("I cannot help with that.".into(), Stop::Refused));
    for wire in [Wire::OpenAiChat, Wire::OpenAiResponses, Wire::Gemini] {
        for form in forms(wire) {
            assert_eq!(read(wire, &said(vec![], Stop::Filtered), form).stop, Stop::Filtered, "{wire:?} {form:?}");
        }
    }
}

#[test]
fn what_a_wire_says_besides_survives() {
    let beside = |name: &str, value: Value| [(name.to_owned(), value)].into_iter().collect();
    let thought = json!({"type": "thinking", "thinking": "They want tea. Which tea, I wonder?", "signature": "c2ln"});
    let searched = json!({"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "tea"}});
    let cited =
        Part::Text { text: "Tea.".into(), beside: beside("citations", json!([{"cited_text": "tea", "url": "u"}])) };
    let custom = Called { custom: true, ..Called::new("c1", "patch", "*** Begin") };
    for (wire, parts) in [
        (Wire::Anthropic, vec![Part::Other(thought), Part::Other(searched), cited]),
        (
            Wire::OpenAiChat,
            vec![Part::Other(json!({"reasoning_content": "Tea?"})), Part::text("Tea."), Part::Call(custom.clone())],
        ),
        (Wire::OpenAiResponses, vec![Part::Other(json!({"type": "reasoning", "id": "rs_1", "summary": []}))]),
        (
            Wire::Gemini,
            vec![
                Part::Other(json!({"text": "Tea?", "thought": true})),
                Part::Call(Called {
                    beside: beside("thoughtSignature", json!("c2ln")),
                    ..Called::new("", "find", "{}")
                }),
            ],
        ),
    ] {
        let saying = said(parts, Stop::Done);
        for form in forms(wire) {
            assert_eq!(read(wire, &saying, form).parts, saying.parts, "{wire:?} {form:?}");
        }
    }
    let patch = said(vec![Part::Call(custom)], Stop::Done);
    for form in [Streaming::Whole, Streaming::Sse] {
        assert!(read(Wire::OpenAiResponses, &patch, form).calls().next().unwrap().custom);
    }
}

#[test]
fn the_envelope_stays_and_one_thing_changes() {
    let recorded = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "m",
        "system_fingerprint": "fp_1", "service_tier": "default", "usage": {"prompt_tokens": 4, "completion_tokens": 2,
        "total_tokens": 6, "prompt_tokens_details": {"cached_tokens": 3}},
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": {"content": []},
            "message": {"role": "assistant", "content": "Tea.", "refusal": null, "annotations": []}}]});
    let headers = vec![("x-request-id".into(), "r1".into())];
    let reply = |body: &Value| HttpReply {
        status: 200,
        headers: headers.clone(),
        content: Content::Whole(Body::from_json(body)),
        ..HttpReply::default()
    };
    let mut saying = Wire::OpenAiChat.saying(&reply(&recorded)).unwrap();
    saying.parts = vec![Part::text("Coffee.")];
    let changed = Wire::OpenAiChat.recompose(&reply(&recorded), &saying).unwrap();
    assert_eq!(changed.header("x-request-id"), Some("r1"));
    let mut expected = recorded;
    expected["choices"][0]["message"]["content"] = json!("Coffee.");
    assert_eq!(changed.body().json().unwrap(), expected);
}

#[test]
fn what_says_nothing_stands_where_it_stood_and_not_on_items_of_another_kind() {
    let recorded = json!({"id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "completed",
        "error": null, "output": [{"type": "reasoning", "id": "rs_1", "summary": []}]});
    let content = Content::Whole(Body::from_json(&recorded));
    let recorded = HttpReply { status: 200, content, ..HttpReply::default() };
    let mut saying = Wire::OpenAiResponses.saying(&recorded).unwrap();
    saying.parts = vec![Part::Refusal("No.".into())];
    let changed = Wire::OpenAiResponses.recompose(&recorded, &saying).unwrap().body().json().unwrap();
    assert_eq!((changed.get("error"), changed.get("incomplete_details")), (Some(&Value::Null), None));
    assert_eq!((&changed["output"][0]["type"], changed["output"][0].get("summary")), (&json!("message"), None));

    let call = json!({"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}});
    let message = json!({"role": "assistant", "content": "", "tool_calls": [call]});
    let recorded = json!({"id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]});
    let reply = HttpReply { status: 200, content: Content::Whole(Body::from_json(&recorded)), ..HttpReply::default() };
    let saying = Wire::OpenAiChat.saying(&reply).unwrap();
    assert_eq!(Wire::OpenAiChat.recompose(&reply, &saying).unwrap(), reply);
}

fn events(wire: Wire, saying: &Saying) -> Vec<(String, Value)> {
    let body = wire.compose(saying, Streaming::Sse).unwrap().body().to_bytes().into_owned();
    let events = sse::events(&body).map(|event| {
        let data = serde_json::from_str(&event.data).unwrap_or_else(|_| event.data.into());
        (event.name.into_owned(), data)
    });
    events.collect()
}

#[test]
fn a_chat_stream_ends_with_usage_and_a_done_mark() {
    let saying = said(vec![Part::call("c1", "find", "{\"a\":1}")], Stop::Done);
    let chunks: Vec<_> = events(Wire::OpenAiChat, &saying).into_iter().map(|(_, chunk)| chunk).collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(chunks[1]["choices"][0]["delta"]["tool_calls"][0]["function"], json!({"name": "find", "arguments": ""}));
    assert_eq!(
        chunks[2]["choices"][0]["delta"]["tool_calls"],
        json!([{"index": 0, "function": {"arguments": "{\"a\":1}"}}])
    );
    let [.., finish, usage, done] = &chunks[..] else { panic!("{chunks:?}") };
    assert_eq!((&finish["choices"][0]["finish_reason"], &finish["usage"]), (&json!("tool_calls"), &Value::Null));
    assert_eq!((&usage["choices"], &usage["usage"]["total_tokens"]), (&json!([]), &json!(49)));
    assert_eq!(done, "[DONE]");
    let unasked = events(Wire::OpenAiChat, &Saying { usage: None, ..saying });
    assert!(unasked.iter().all(|(_, chunk)| chunk.get("usage").is_none()));
}

#[test]
fn a_message_stream_has_a_ping_and_an_empty_first_piece() {
    let saying = said(vec![Part::text("Hi."), Part::call("c1", "find", "{\"a\":1}")], Stop::Done);
    let events = events(Wire::Anthropic, &saying);
    let names: Vec<_> = events.iter().map(|(name, _)| name.strip_prefix("content_block_").unwrap_or(name)).collect();
    let expected = ["message_start", "start", "ping", "delta", "stop", "start", "delta", "delta", "stop"];
    assert_eq!(names, [&expected[..], &["message_delta", "message_stop"]].concat());
    assert_eq!(events[6].1["delta"], json!({"type": "input_json_delta", "partial_json": ""}));
    assert_eq!(events[9].1["delta"]["stop_reason"], "tool_use");
    assert!(events.iter().all(|(name, event)| *name == event["type"]));
}

#[test]
fn the_events_of_a_response_are_numbered_without_a_gap() {
    let saying = said(vec![Part::text("Hi."), Part::call("c1", "find", "{\"a\":1}")], Stop::Length);
    let events = events(Wire::OpenAiResponses, &saying);
    for (position, (name, event)) in events.iter().enumerate() {
        assert_eq!((&event["sequence_number"], &event["type"]), (&json!(position), &json!(name)));
    }
    assert_eq!((&*events[0].0, &events[0].1["response"]["status"]), ("response.created", &json!("in_progress")));
    let (last, event) = events.last().unwrap();
    assert_eq!(
        (last.as_str(), &event["response"]["incomplete_details"]),
        ("response.incomplete", &json!({"reason": "max_output_tokens"}))
    );
    assert_eq!(
        (&event["response"]["output"][0]["status"], &event["response"]["output"][1]["status"]),
        (&json!("completed"), &json!("incomplete"))
    );
}

#[test]
fn what_nobody_named_gets_a_name_that_follows_from_what_is_said() {
    let saying = Saying::of("m", vec![Part::call("", "find", "{}"), Part::call("", "find", "{}")]);
    for wire in [Wire::OpenAiChat, Wire::OpenAiResponses, Wire::Anthropic] {
        let one = wire.compose(&saying, Streaming::Sse).unwrap();
        assert_eq!(one, wire.compose(&saying, Streaming::Sse).unwrap());
        let ids: Vec<_> = wire.saying(&one).unwrap().calls().map(|call| call.id.clone().unwrap()).collect();
        assert_ne!(ids[0], ids[1]);
    }
}

#[test]
fn an_answer_has_the_form_that_the_request_asks_for() {
    let saying = Saying { usage: Some(Usage::new(1, 1)), ..Saying::of("", vec![Part::text("Hi.")]) };
    let answer = |target: &str, body: Value| {
        let request = HttpRequest { target: target.into(), body: Body::from_json(&body), ..HttpRequest::default() };
        let reply = Wire::of_path(target).unwrap().answer(&request, &saying).unwrap();
        (Streaming::of(&reply).unwrap(), reply.body().text().unwrap().to_owned())
    };
    let (form, text) = answer("/v1/chat/completions", json!({"model": "small", "messages": [], "stream": true}));
    assert_eq!((form, text.contains("\"usage\""), text.contains("\"model\":\"small\"")), (Streaming::Sse, false, true));
    let options = json!({"model": "small", "messages": [], "stream": true, "stream_options": {"include_usage": true}});
    assert!(answer("/v1/chat/completions", options).1.contains("\"total_tokens\":2"));
    let (form, text) = answer("/v1beta/models/tiny:streamGenerateContent", json!({"contents": []}));
    assert_eq!((form, text.contains("\"modelVersion\":\"tiny\"")), (Streaming::JsonArray, true));
    assert_eq!(answer("/v1beta/models/tiny:streamGenerateContent?alt=sse", json!({})).0, Streaming::Sse);
    assert_eq!(answer("/v1/messages", json!({"model": "small"})).0, Streaming::Whole);
}

#[test]
fn errors_cuts_and_several_answers_cannot_be_taken_apart() {
    let reply = |status: u16, body: &[u8]| HttpReply {
        status,
        content: Content::Whole(Body::from_bytes(body)),
        ..HttpReply::default()
    };
    let saying = said(vec![Part::text("A table for two at seven.")], Stop::Done);
    for wire in WIRES {
        let whole = wire.compose(&saying, Streaming::Sse).unwrap().body().to_bytes().into_owned();
        assert_eq!(wire.saying(&reply(500, &whole)), None);
        assert!(wire.saying(&reply(200, &whole)).is_some());
        assert_eq!(wire.saying(&reply(200, &whole[..whole.len() / 2])), None, "{wire:?}");
        assert_eq!(wire.saying(&reply(200, b"<html>")), None);
    }
    let choice = |index: u64| json!({"index": index, "finish_reason": "stop", "message": {"content": "a"}});
    let two = json!({"choices": [choice(0), choice(1)]});
    assert_eq!(Wire::OpenAiChat.saying(&reply(200, two.to_string().as_bytes())), None);
}
