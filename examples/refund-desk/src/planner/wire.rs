//! The OpenAI chat wire: one endpoint, with stream and without.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::conversation::Conversation;
use super::decide::{Move, decide};

/// When every answer was made: the planner has no clock, so that it says the same again.
const CREATED: u64 = 1_763_000_000;

/// Letters in a token, about.
const LETTERS_OF_A_TOKEN: usize = 4;

/// The planner's endpoint, below `/v1`.
pub fn router() -> Router {
    Router::new().route("/v1/chat/completions", post(answer))
}

async fn answer(Json(request): Json<Value>) -> Response {
    let reply = Answer::to(&request);
    if request["stream"] == true {
        let usage = request["stream_options"]["include_usage"] == true;
        return ([(CONTENT_TYPE, "text/event-stream")], reply.streamed(usage)).into_response();
    }
    Json(reply.whole()).into_response()
}

/// An answer before it is written.
struct Answer {
    id: String,
    model: Value,
    said: Move,
    call_id: String,
    input: usize,
}

impl Answer {
    fn to(request: &Value) -> Self {
        let conversation = Conversation::of(request);
        let turn = conversation.steps.len() + 1;
        Self {
            id: format!("chatcmpl-desk-{turn}"),
            model: request["model"].clone(),
            said: decide(&conversation),
            call_id: format!("call_{turn}"),
            input: request["messages"].to_string().len() / LETTERS_OF_A_TOKEN,
        }
    }

    fn finish(&self) -> &'static str {
        match self.said {
            Move::Call(..) => "tool_calls",
            Move::Say(_) => "stop",
        }
    }

    fn usage(&self) -> Value {
        let output = match &self.said {
            Move::Call(tool, arguments) => tool.len() + arguments.to_string().len(),
            Move::Say(words) => words.len(),
        };
        let output = output / LETTERS_OF_A_TOKEN + 1;
        json!({"prompt_tokens": self.input, "completion_tokens": output, "total_tokens": self.input + output})
    }

    fn calls(&self, tool: &str, arguments: &Value) -> Value {
        let function = json!({"name": tool, "arguments": arguments.to_string()});
        json!([{"id": self.call_id, "type": "function", "function": function}])
    }

    fn whole(&self) -> Value {
        let message = match &self.said {
            Move::Call(tool, arguments) => {
                json!({"role": "assistant", "content": null, "tool_calls": self.calls(tool, arguments)})
            }
            Move::Say(words) => json!({"role": "assistant", "content": words}),
        };
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": CREATED,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish()}],
            "usage": self.usage(),
        })
    }

    fn streamed(&self, usage: bool) -> String {
        let mut deltas = vec![json!({"role": "assistant"})];
        match &self.said {
            Move::Call(tool, arguments) => {
                let mut calls = self.calls(tool, &Value::Null);
                calls[0]["index"] = json!(0);
                calls[0]["function"]["arguments"] = json!("");
                deltas.push(json!({"tool_calls": calls}));
                let pieces = pieces(&arguments.to_string());
                deltas.extend(
                    pieces.iter().map(|it| json!({"tool_calls": [{"index": 0, "function": {"arguments": it}}]})),
                );
            }
            Move::Say(words) => deltas.extend(pieces(words).iter().map(|piece| json!({"content": piece}))),
        }
        let chunk = |choices: Value, usage: Value| {
            let chunk = json!({
                "id": self.id,
                "object": "chat.completion.chunk",
                "created": CREATED,
                "model": self.model,
                "choices": choices,
                "usage": usage,
            });
            format!("data: {chunk}\n\n")
        };
        let mut out: String = deltas
            .into_iter()
            .map(|delta| chunk(json!([{"index": 0, "delta": delta, "finish_reason": null}]), Value::Null))
            .collect();
        out += &chunk(json!([{"index": 0, "delta": {}, "finish_reason": self.finish()}]), Value::Null);
        if usage {
            out += &chunk(json!([]), self.usage());
        }
        out + "data: [DONE]\n\n"
    }
}

/// A text in pieces of a few letters.
fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(LETTERS_OF_A_TOKEN * 3).map(|piece| piece.iter().collect()).collect()
}
