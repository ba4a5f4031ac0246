//! Calls over JSON-RPC: a client counts them, so the same call sent again has another id.

use std::collections::HashMap;

use serde_json::{Value, json};

use checkagent_cassette::analysis::Endpoint;
use checkagent_cassette::{Body, Content, HttpReply, Reply, Request};

use super::tape::Tape;
use crate::ledger::{Hints, Outcome};
use crate::recording::Recording;
use crate::recording::message::{Answer, Asked, exchanges};

/// The recorded calls by what they ask; made when the first call is sent.
#[derive(Debug, Default)]
pub(super) struct Calls {
    recorded: Option<Recorded>,
}

#[derive(Debug, Default)]
struct Recorded {
    /// Where they go, method and parameters, and the numbers of the interactions that ask so.
    by_content: HashMap<(Endpoint, String), Vec<usize>>,
    /// What tools say of themselves, by their channel.
    hints: HashMap<(String, String), Hints>,
}

/// A call as the world takes it.
#[derive(Debug)]
pub(super) struct Call {
    /// The agent's own id.
    id: Option<Value>,
    /// The id of the recorded call that was put in its place.
    instead_of: Option<Value>,
    /// Whether it changes nothing outside: a list of tools, or a tool that says that it only reads.
    pub(super) only_asks: bool,
    /// What the tool says of itself, if it calls one.
    pub(super) hints: Option<Hints>,
}

impl Calls {
    /// Reads a call, and puts the recorded one in its place where they differ in their ids alone.
    pub(super) fn take(
        &mut self,
        channel: &str,
        request: Request,
        tape: &Tape,
        recording: &Recording,
    ) -> (Request, Option<Call>) {
        let Some(asked) = Asked::of(&request) else { return (request, None) };
        let recorded = self.recorded.get_or_insert_with(|| Recorded::of(recording));
        let of_tool = |tool: &str| recorded.hints.get(&(channel.to_owned(), tool.to_owned())).copied();
        let hints = asked.tool().map(|tool| of_tool(tool).unwrap_or_default());
        let only_asks = asked.only_asks() || hints.is_some_and(|hints| hints.read_only);
        let place = (Endpoint::of_request(channel, &request), content(&asked));
        let same = recorded.by_content.get(&place).map_or(&[][..], Vec::as_slice);
        let open = same.iter().find(|number| !tape.was_served(**number)).or_else(|| same.last());
        let open = open.map(|number| &recording.interaction(*number).request);
        let mut call = Call { id: asked.id, instead_of: None, only_asks, hints };
        match (request, open) {
            (Request::Http(mut mine), Some(theirs @ Request::Http(recorded))) => {
                call.instead_of = Asked::of(theirs).and_then(|asked| asked.id);
                mine.body.clone_from(&recorded.body);
                (Request::Http(mine), Some(call))
            }
            (request, _) => (request, Some(call)),
        }
    }
}

impl Recorded {
    fn of(recording: &Recording) -> Self {
        let mut recorded = Self::default();
        for exchange in exchanges(recording) {
            let channel = recording.interaction(exchange.number).channel.to_string();
            if exchange.asked.method == "tools/list"
                && let Some(answer) = exchange.answer()
            {
                let named = answer.tools().iter().filter_map(|tool| Some((tool["name"].as_str()?, tool)));
                let hints = named.map(|(name, tool)| ((channel.clone(), name.to_owned()), Hints::of_tool(tool)));
                recorded.hints.extend(hints);
            }
            let place = (recording.endpoint(exchange.number).clone(), content(exchange.asked));
            recorded.by_content.entry(place).or_default().push(exchange.number);
        }
        recorded
    }
}

impl Call {
    /// The reply with the agent's id in place of the recorded one. An answer that carries a third id keeps it.
    pub(super) fn answered(&self, reply: Reply, outcome: &Outcome, recording: &Recording) -> Reply {
        let (Reply::Http(http), Some(id)) = (&reply, &self.id) else { return reply };
        let recorded = match outcome {
            Outcome::Unrecorded { answered_like, .. } => {
                Asked::of(&recording.interaction(*answered_like).request).and_then(|asked| asked.id)
            }
            _ => self.instead_of.clone(),
        };
        let answer = recorded.filter(|recorded| recorded != id).and_then(|recorded| Answer::of(http, &recorded));
        let renamed = answer.map(|answer| Reply::Http(answer.with("/id", id.clone())));
        renamed.unwrap_or(reply)
    }
}

impl Call {
    /// The answer to a call that is not made: of a tool a result that says so, as the model reads it; `None` for what
    /// nobody waits for.
    pub(super) fn refused(&self, message: &str) -> Option<Reply> {
        let id = self.id.as_ref()?;
        let answer = match self.hints {
            Some(_) => json!({"jsonrpc": "2.0", "id": id, "result": {
                "content": [{"type": "text", "text": message}], "isError": true}}),
            None => json!({"jsonrpc": "2.0", "id": id, "error": {"code": REFUSED, "message": message}}),
        };
        let headers = vec![("content-type".into(), "application/json".into())];
        let content = Content::Whole(Body::from_json(&answer));
        Some(Reply::Http(HttpReply { status: 200, headers, content, ..HttpReply::default() }))
    }

    /// What a reply says to the agent: the structured result of a tool, else what its text holds, else the result.
    pub(super) fn told(&self, reply: &Reply) -> Option<Value> {
        let Reply::Http(http) = reply else { return reply.json() };
        let answer = Answer::of(http, self.id.as_ref()?)?;
        let result = answer.result();
        let text = || serde_json::from_str(result["content"][0]["text"].as_str()?).ok();
        let structured = result.get("structuredContent").filter(|content| !content.is_null());
        let failed = result["isError"] == true || result.is_null();
        (!failed).then(|| structured.cloned().or_else(text).unwrap_or_else(|| result.clone()))
    }
}

/// JSON-RPC leaves the codes from -32000 to -32099 to servers.
const REFUSED: i32 = -32000;

/// What a call asks; the token of its progress is made of its id.
fn content(asked: &Asked) -> String {
    let mut params = asked.params.clone();
    if let Some(meta) = params.get_mut("_meta").and_then(Value::as_object_mut) {
        meta.remove("progressToken");
        if meta.is_empty() {
            params.as_object_mut().map(|params| params.remove("_meta"));
        }
    }
    format!("{} {params}", asked.method)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixture::{Session, bent, recording_of, request, taped};
    use crate::mutation::{Bend, Fault};
    use crate::policy::{Policy, Watch, approval, calls};
    use crate::world::Reaction;

    fn call(id: u64, tool: &str) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": {"n": 1}}})
    }

    fn done(id: u64, text: &str) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": text}]}})
    }

    fn recording() -> Arc<Recording> {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let tools = json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": [
            {"name": "look", "annotations": {"readOnlyHint": true}}, {"name": "pay"}]}});
        recording_of(vec![
            taped("POST", "/mcp").body(&list).reply(&tools),
            taped("POST", "/mcp").body(&call(2, "pay")).reply(&done(2, "first")),
            taped("POST", "/mcp").body(&call(3, "pay")).reply(&done(3, "second")),
            taped("POST", "/mcp").body(&call(4, "look")).reply(&done(4, "seen")),
        ])
    }

    fn ask(session: &mut Session, body: &Value) -> Value {
        match session.send(&request("POST", "/mcp", body)) {
            Reaction::Reply(reply, _) => reply.json().unwrap_or_default(),
            other => panic!("no reply: {other:?}"),
        }
    }

    #[test]
    fn a_call_that_is_sent_again_under_the_next_id_gets_through_and_so_do_those_after_it() {
        let fault = Bend::Fault { at: 2, fault: Fault::status(503, "{}"), times: 1 };
        let mut session = Session::new(&recording(), vec![bent(fault)]);
        ask(&mut session, &call(2, "pay"));
        assert_eq!(ask(&mut session, &call(3, "pay")), done(3, "first"));
        assert_eq!(ask(&mut session, &call(4, "pay")), done(4, "second"));
        assert_eq!(ask(&mut session, &call(5, "look")), done(5, "seen"));
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [2, 3]);
        assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()), "{ledger:?}");
    }

    #[test]
    fn a_call_too_many_is_a_duplicate_under_any_id_and_asking_again_is_none() {
        let mut session = Session::new(&recording(), Vec::new());
        session.play();
        assert_eq!(ask(&mut session, &call(9, "look")), done(9, "seen"));
        assert_eq!(ask(&mut session, &json!({"jsonrpc": "2.0", "id": "x", "method": "tools/list"}))["id"], "x");
        assert_eq!(ask(&mut session, &call(10, "pay")), done(10, "second"));
        let ledger = session.ledger();
        let effects: Vec<_> = ledger.calls.iter().map(|call| call.effect).collect();
        assert_eq!(effects, [false, true, true, false, false, false, true]);
        let twice: Vec<_> = ledger.calls.iter().filter(|call| call.duplicate.is_some()).collect();
        assert_eq!(twice.len(), 1, "{ledger:?}");
        assert_eq!(twice[0].tool.as_deref(), Some("pay"), "the ledger keeps what was really sent");
        assert_eq!(twice[0].request, Some(json!({"n": 1})));
    }

    #[test]
    fn what_a_tool_says_of_itself_is_known_and_an_idempotent_one_is_done_twice_without_harm() {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let tools = json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": [
            {"name": "set", "annotations": {"idempotentHint": true, "destructiveHint": false}}]}});
        let recording = recording_of(vec![
            taped("POST", "/mcp").body(&list).reply(&tools),
            taped("POST", "/mcp").body(&call(2, "set")).reply(&done(2, "set")),
            taped("POST", "/mcp").body(&call(3, "pay")).reply(&done(3, "paid")),
            taped("POST", "/pay").body(&json!({"n": 1})),
        ]);
        let mut session = Session::new(&recording, Vec::new());
        session.play();
        ask(&mut session, &call(8, "set"));
        ask(&mut session, &call(9, "pay"));
        let calls = session.ledger().calls;
        let set = Hints { idempotent: true, destructive: false, ..Hints::default() };
        let hints: Vec<_> = calls.iter().map(|call| call.hints).collect();
        assert_eq!(hints, [None, Some(set), Some(Hints::default()), None, Some(set), Some(Hints::default())]);
        let twice: Vec<_> = calls.iter().map(|call| call.duplicate.is_some()).collect();
        assert_eq!(twice, [false, false, false, false, false, true]);
        assert!(calls.iter().all(|call| call.status == Some(200)));
    }

    fn refuse_pay() -> Policy {
        Policy::new().deny(calls("pay")).blocking()
    }

    #[test]
    fn a_call_that_the_policy_stops_is_answered_as_a_failed_tool_and_the_session_goes_on() {
        let mut session = Session::under(&recording(), Vec::new(), refuse_pay());
        let answer = ask(&mut session, &call(7, "pay"));
        assert_eq!(
            (&answer["jsonrpc"], &answer["id"], &answer["result"]["isError"]),
            (&json!("2.0"), &json!(7), &json!(true))
        );
        let text = "blocked by policy: is never to be called (deny pay)";
        assert_eq!(answer["result"]["content"], json!([{"type": "text", "text": text}]));
        assert_eq!(ask(&mut session, &call(8, "look")), done(8, "seen"));
        let ledger = session.ledger();
        assert!(matches!(ledger.calls[0].outcome, Outcome::Blocked { .. }));
        assert_eq!(ledger.effects_done(), Vec::<usize>::new(), "nothing was done");
        assert!(refuse_pay().check(&ledger, Watch::default()).violations.is_empty());
    }

    #[test]
    fn other_messages_that_are_stopped_are_errors_and_what_nobody_waits_for_is_refused_over_http() {
        let policy = Policy::new().deny(calls("POST /mcp")).blocking();
        let mut session = Session::under(&recording(), Vec::new(), policy);
        let answer = ask(&mut session, &json!({"jsonrpc": "2.0", "id": "a", "method": "tools/list"}));
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!("a"), &json!(REFUSED)));
        let (status, _) = session.ask("POST", "/mcp", json!({"jsonrpc": "2.0", "method": "notifications/progress"}));
        assert_eq!(status, 403);
    }

    #[test]
    fn an_approval_by_a_tool_is_read_out_of_its_answer() {
        let answers = [
            (json!({"structuredContent": {"approved": true}, "content": []}), json!({"approved": true})),
            (json!({"content": [{"type": "text", "text": "{\"approved\": true}"}]}), json!({"approved": true})),
            (
                json!({"structuredContent": null, "approved": true}),
                json!({"structuredContent": null, "approved": true}),
            ),
            (json!({"content": [{"type": "text", "text": "{\"approved\": true}"}], "isError": true}), Value::Null),
        ];
        for (result, told) in answers {
            let answer = json!({"jsonrpc": "2.0", "id": 1, "result": result});
            let recording = recording_of(vec![
                taped("POST", "/mcp").body(&call(1, "approve")).reply(&answer),
                taped("POST", "/mcp").body(&call(2, "pay")).reply(&done(2, "paid")),
            ]);
            let policy = Policy::new().ask(calls("pay"), approval(calls("approve")));
            let mut session = Session::under(&recording, Vec::new(), policy.clone());
            session.play();
            let ledger = session.ledger();
            assert_eq!(ledger.calls[0].reply.clone().unwrap_or_default(), told, "{result}");
            assert_eq!(ledger.calls[1].reply, None, "no rule looks at it");
            let violations = policy.check(&ledger, Watch::default()).violations;
            assert_eq!(violations.is_empty(), told != Value::Null, "{violations:?}");
        }
    }

    #[test]
    fn two_servers_at_one_address_are_not_mixed_up() {
        let list = |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
        let of = |path, id, text: &str| taped("POST", path).body(&list(id)).reply(&done(id, text));
        let recording = recording_of(vec![of("/a", 1, "first"), of("/b", 2, "second")]);
        let mut session = Session::new(&recording, Vec::new());
        let (_, second) = session.ask("POST", "/b", list(7));
        assert_eq!(second, done(7, "second"));
    }

    #[test]
    fn an_unrecorded_call_is_answered_under_its_own_id() {
        let mut session = Session::new(&recording(), Vec::new());
        let mut other = call(7, "pay");
        other["params"]["arguments"]["n"] = 2.into();
        assert_eq!(ask(&mut session, &other)["id"], 7);
        assert!(matches!(session.outcome().0, Outcome::Unrecorded { .. }));
    }
}
