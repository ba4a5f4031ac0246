//! A model in the loop: what a stand-in says is its claim, what the agent's code does is the agent's.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use checkagent::VerdictKind::{self, Admitted, Diverged, ModelDependent, PolicyViolation, Recovered, SilentlyWrong};
use checkagent::cassette::key::Key;
use checkagent::cassette::model::{Part, Saying, Streaming, Wire};
use checkagent::cassette::{
    Body, CODE, CallReply, CallRequest, Cassette, Channel, ChannelKind, Fidelity, Header, HttpReply, HttpRequest,
    Interaction, Reply, Request,
};
use checkagent::policy::{Policy, calls};
use checkagent::{Answer, EffectError, Plan, StandIn, Tier, World};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::shop::{Agent, AnswerFuture, fails, one_case, says};

/// The interactions: a model asks for the order, its amount is read, the model tells it.
const LOOK: usize = 2;

fn interaction(channel: &str, request: Request, reply: Reply) -> Interaction {
    Interaction {
        number: 0,
        channel: channel.into(),
        key: Key::default(),
        request,
        reply,
        latency: Some(Duration::from_millis(3)),
        fidelity: Fidelity::Wire,
    }
}

fn question() -> Vec<Value> {
    vec![json!({"role": "user", "content": "What does order o-1 cost?"})]
}

fn body(messages: &[Value]) -> Value {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}});
    json!({"model": "m", "messages": messages, "tools": [tool("order"), tool("refund")]})
}

fn asked(messages: &[Value], saying: &Saying) -> Interaction {
    let request = HttpRequest {
        method: "POST".into(),
        target: "/v1/chat/completions".into(),
        body: Body::from_json(&body(messages)),
        ..HttpRequest::default()
    };
    let reply: HttpReply = Wire::OpenAiChat.compose(saying, Streaming::Whole).unwrap();
    interaction("model", Request::Http(request), Reply::Http(reply))
}

fn call() -> Saying {
    Saying::of("m", vec![Part::call("c1", "order", "{}")])
}

/// What the agent adds to the conversation after a call.
fn exchanged(name: &str, id: &str, result: &Value) -> [Value; 2] {
    let function = json!({"name": name, "arguments": "{}"});
    [
        json!({"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": function}]}),
        json!({"role": "tool", "tool_call_id": id, "content": result.to_string()}),
    ]
}

fn recording() -> Cassette {
    let order = json!({"id": "o-1", "amount": 4200});
    let told: Vec<Value> = question().into_iter().chain(exchanged("order", "c1", &order)).collect();
    let look = CallRequest { name: "order".into(), effect: false, args: json!("o-1"), id: None };
    let interactions = vec![
        asked(&question(), &call()),
        interaction(CODE, Request::Call(look), Reply::Call(CallReply::Returned(order))),
        asked(&told, &Saying::of("m", vec![Part::text("It costs 42.00.")])),
    ];
    let model = Channel { kind: ChannelKind::Http { base: "http://model.example/v1".to_owned() } };
    let header = Header {
        name: "loop".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent::Matching::default(),
        channels: BTreeMap::from([("model".to_owned(), model), (CODE.to_owned(), Channel { kind: ChannelKind::Code })]),
    };
    Cassette::new(header, interactions)
}

async fn say(world: &World, messages: &[Value]) -> Option<Saying> {
    let request = http::Request::post("/v1/chat/completions").body(Bytes::from(body(messages).to_string())).unwrap();
    let reply = world.exchange("model", request).await.ok()?;
    let bytes = reply.into_body().collect().await.ok()?.to_bytes();
    let content = checkagent::cassette::Content::Whole(Body::from_bytes(&bytes));
    Wire::OpenAiChat.saying(&HttpReply { status: 200, content, ..HttpReply::default() })
}

async fn look(world: &World) -> Result<Value, EffectError> {
    world.query("order", "o-1", || async { unreachable!("replay") }).await
}

/// Does what the model says, up to five times; what a tool cannot do the model is told.
async fn talk(world: &World, tries: usize) -> Answer {
    let mut messages = question();
    for _ in 0..5 {
        let Some(saying) = say(world, &messages).await else { return Answer::error("no model") };
        let Some(called) = saying.calls().next() else { return Answer::done(json!({"said": saying.text()})) };
        let mut result = Err("no such tool".to_owned());
        for _ in 0..tries {
            result = match called.name.as_str() {
                "order" => look(world).await.map_err(|error| error.to_string()),
                "refund" => world
                    .effect("refund", "o-1", || async { unreachable!("replay") })
                    .await
                    .map_err(|error: EffectError| error.to_string()),
                _ => break,
            };
            if result.is_ok() {
                break;
            }
        }
        let result = result.unwrap_or_else(|error| json!({ "error": error }));
        messages.extend(exchanged(&called.name, called.id.as_deref().unwrap_or_default(), &result));
    }
    Answer::escalated("the model does not come to an end")
}

fn trusting(world: World) -> AnswerFuture {
    Box::pin(async move { talk(&world, 1).await })
}

fn retrying(world: World) -> AnswerFuture {
    Box::pin(async move { talk(&world, 2).await })
}

/// Stops where the order cannot be read, whatever a model would say to that.
fn gated(world: World) -> AnswerFuture {
    Box::pin(async move {
        match look(&world).await {
            Ok(_) => talk(&world, 1).await,
            Err(error) => Answer::escalated(error),
        }
    })
}

fn case(agent: Agent, more: impl FnOnce(Plan) -> Plan) -> (VerdictKind, Tier) {
    let report = one_case(&recording(), agent, fails(LOOK, 1), more);
    (report.verdict.kind, report.verdict.tier)
}

#[test]
fn a_retry_that_the_code_makes_leads_back_to_the_recording_and_is_proved() {
    assert_eq!(case(retrying, |plan| plan), (Recovered, Tier::Proved));
}

#[test]
fn what_a_stand_in_claims_is_undecided_unless_the_test_is_strict() {
    assert_eq!(case(trusting, |plan| plan), (ModelDependent, Tier::StandIn));
    assert_eq!(case(trusting, Plan::strict), (VerdictKind::Unaffected, Tier::StandIn));
    let claims = |plan: Plan| plan.model(StandIn::script(|ask| ask.say("It costs nothing.")));
    assert_eq!(case(trusting, claims), (ModelDependent, Tier::StandIn));
    assert_eq!(case(trusting, |plan| claims(plan).strict()), (SilentlyWrong, Tier::StandIn));
    assert_eq!(case(trusting, |plan| plan.model(StandIn::Stop)), (Diverged, Tier::Proved));
}

#[test]
fn what_the_code_does_with_any_model_is_the_agents_own() {
    let refunds = |plan: Plan| {
        let script = |ask: &checkagent::stand_in::Ask<'_>| {
            if ask.turn == 0 { ask.call("refund", json!({})) } else { ask.say("Done.") }
        };
        plan.model(StandIn::script(script)).policy(Policy::new().deny(calls("refund")))
    };
    assert_eq!(case(trusting, refunds).0, PolicyViolation);
    let forever = |plan: Plan| plan.model(StandIn::Stubborn);
    assert_eq!(case(trusting, forever), (Admitted, Tier::StandIn), "the agent ends the loop, and says so");
}

#[test]
fn a_lie_in_a_tool_result_goes_to_the_model() {
    let report = one_case(&recording(), trusting, says(LOOK, "/amount", json!(-4200)), |plan| plan);
    assert_eq!((report.verdict.kind, report.verdict.tier), (ModelDependent, Tier::StandIn));
}

#[test]
fn a_gate_in_front_of_the_model_needs_none() {
    // It reads the order once more than was recorded: a read is repeated from the recording.
    let report = one_case(&recording(), gated, fails(LOOK, 9), |plan| plan);
    assert_eq!((report.verdict.kind, report.verdict.tier), (Admitted, Tier::Proved));
}
