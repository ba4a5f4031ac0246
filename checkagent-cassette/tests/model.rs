//! Model traffic from anywhere: whatever it holds, reading it ends. The large inputs would take hours if it were quadratic.

use checkagent_cassette::model::{Lifter, Streaming, ToolResult, Turn, Wire, event_stream, sse};
use checkagent_cassette::{Body, Content, HttpReply, HttpRequest};
use proptest::prelude::*;
use serde_json::{Value, json};

const WIRES: [Wire; 5] = [Wire::OpenAiChat, Wire::OpenAiResponses, Wire::Anthropic, Wire::Gemini, Wire::Bedrock];

const PATHS: [&str; 6] =
    ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/m:generateContent", "/model/m/converse", "/x"];

/// The words of the wire formats: out of these, JSON is made that is nearly right.
const WORDS: &str = "action args arguments assistant call_id candidates choices completed content content_block \
    contentBlockDelta contentBlockIndex contentBlockStart contents conversation custom delta error event function \
    function_call function_call_output functionCall functionResponse id index input input_json_delta item item_id json \
    message messages name object output output_index partial_json parts previous_response_id request response \
    response.completed response.function_call_arguments.delta response.output_item.added response.output_item.done role \
    start status text tool tool_call_id tool_calls tool_result tool_use tool_use_id toolResult toolUse toolUseId type user \
    finish_reason finishReason message_start model stop stop_reason usage";

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(WORDS.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
}

fn traffic() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!("{\"a\":1}")),
        Just(json!(u64::MAX)),
        word().prop_map(Value::from),
        word().prop_map(Value::from),
        (0..3i64).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let members = prop::collection::btree_map(word(), inner.clone(), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A body in one of the framings.
fn framed(values: &[Value], framing: usize) -> Vec<u8> {
    let pieces: Vec<_> = match framing {
        0 => values.iter().map(|value| format!("data: {value}\n\n")).collect(),
        1 => values.iter().map(|value| format!("{value}\n")).collect(),
        2 => vec![Value::from(values.to_vec()).to_string()],
        _ => values.iter().map(|value| format!("event: contentBlockDelta\rdata: {value}\r\r")).collect(),
    };
    pieces.concat().into_bytes()
}

fn reply(body: &[u8]) -> HttpReply {
    HttpReply { status: 200, content: Content::Whole(Body::from_bytes(body)), ..HttpReply::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_is_read_without_a_panic_and_has_its_place(
        values in prop::collection::vec(traffic(), 1..6),
        framing in 0usize..4,
        cut in any::<prop::sample::Index>(),
    ) {
        let body = framed(&values, framing);
        let body = &body[..cut.index(body.len() + 1)];
        let mut lifter = Lifter::new();
        for wire in WIRES {
            let _ = wire.reply(body);
            if let Some(saying) = wire.saying(&reply(body)) {
                for form in [Streaming::Whole, Streaming::Sse, Streaming::JsonArray] {
                    let again = wire.compose(&saying, form);
                    let _ = again.and_then(|again| wire.saying(&again));
                }
            }
            for value in &values {
                for turn in wire.history(value) {
                    let (Turn::Call(_, at) | Turn::Result(ToolResult { at, .. })) = turn;
                    prop_assert_eq!(at.resolve(value).len(), 1, "{} in {}", at, value);
                }
            }
        }
        for (path, value) in PATHS.iter().zip(values.iter().cycle()) {
            let request = HttpRequest { target: (*path).into(), body: Body::from_json(value), ..HttpRequest::default() };
            lifter.request(&request);
            lifter.reply(&request, &reply(body));
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..200), path in any::<String>()) {
        let _ = (Wire::of_path(&path), sse::frames(&body), sse::events(&body).count(), event_stream::frames(&body));
        for wire in WIRES {
            let _ = wire.reply(&body);
        }
    }
}

#[test]
fn ten_thousand_calls_at_once_take_no_time_to_speak_of() {
    let many = 40_000;
    let call = |n: u64| json!({"functionCall": {"name": "f", "args": {"n": n}}});
    let result = |n: u64| json!({"functionResponse": {"name": "f", "response": {"n": n}}});
    let body = json!({"contents": [
        {"role": "model", "parts": (0..many).map(call).collect::<Vec<_>>()},
        {"role": "user", "parts": (0..many).map(result).collect::<Vec<_>>()},
    ]});
    let target = "/v1beta/models/m:generateContent".into();
    let request = HttpRequest { target, body: Body::from_json(&body), ..HttpRequest::default() };
    let lifted = Lifter::new().request(&request);
    assert!(lifted.iter().all(|lifted| json!({"n": lifted.arguments["n"]}) == lifted.arguments));
    assert_eq!(lifted.last().map(|last| &last.arguments), Some(&json!({"n": many - 1})));
}

#[test]
fn a_stream_of_one_byte_chunks_is_read_in_one_pass() {
    let body = format!("data: {}\n\n", "x".repeat(1_000_000));
    let mut decoder = sse::Decoder::new();
    let events: Vec<_> = body.as_bytes().chunks(1).flat_map(|chunk| decoder.push(chunk)).collect();
    assert_eq!(events.len(), 1);
}

#[test]
fn deep_nesting_is_no_reply() {
    let deep = "[".repeat(100_000);
    for body in [deep.clone(), format!("data: {deep}\n\n"), format!("{{\"choices\":{deep}")] {
        for wire in WIRES {
            assert!(wire.reply(body.as_bytes()).calls.is_empty());
        }
    }
}
