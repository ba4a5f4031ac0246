use serde_json::{Value, json};

use checkagent_cassette::{Body, Content, HttpReply};

use super::*;
use crate::fixture::{recording_of, taped};

fn message(id: u64) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": "seven"}]}})
}

fn text(reply: &HttpReply) -> String {
    String::from_utf8(reply.body().to_bytes().into_owned()).unwrap()
}

#[test]
fn an_answer_is_found_and_changed_in_a_body_in_a_stream_and_in_pieces_of_one() {
    let stream = format!(": hi\n\nid: 4\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"x\"}}\n\ndata: {}\n\n", message(7));
    let (first, second) = stream.split_at(stream.len() - 30);
    let call = || taped("POST", "/mcp").body(&json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call"}));
    let replies =
        [call().reply(&message(7)), call().reply_text(&stream), call().reply_frames(&[first, second])].map(|taped| {
            let recording = recording_of(vec![taped]);
            let exchange = exchange(&recording, 1).unwrap();
            let answer = exchange.answer().unwrap();
            assert_eq!(*answer.message, message(7));
            answer.with("/result/content/0/text", json!("eight"))
        });
    for reply in &replies {
        assert!(text(reply).contains("eight") && !text(reply).contains("seven"), "{}", text(reply));
    }
    assert_eq!(text(&replies[1]), stream.replace("seven", "eight"));
    assert_eq!(text(&replies[2]), text(&replies[1]));
    assert!(matches!(&replies[2].content, Content::Frames(frames) if frames.len() == 2));
}

#[test]
fn an_answer_to_another_request_is_none() {
    let reply = HttpReply { content: Content::Whole(Body::from_json(&message(7))), ..HttpReply::default() };
    assert!(Answer::of(&reply, &json!(8)).is_none());
    assert!(Answer::of(&reply, &json!("7")).is_none());
}

#[test]
fn other_posts_are_no_messages() {
    let body = json!({"id": 1, "method": "tools/call"});
    let recording = recording_of(vec![taped("POST", "/mcp").body(&body), taped("GET", "/mcp")]);
    assert!(exchanges(&recording).is_empty());
}
