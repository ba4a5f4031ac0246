//! How a call failed, told from what the agent is answered.

use serde_json::Value;

use checkagent_cassette::{CallReply, Ending, HttpReply, Reply};

use super::replay::Reaction;
use crate::ledger::{Change, ErrorClass, Outcome};
use crate::recording::Recording;

/// The class of the error that a call met; `None` where it met none, and where the policy or the end of the case stopped
/// it. The content of a reply is looked at where the case changed it.
pub(super) fn failure(reaction: &Reaction, outcome: &Outcome, recording: &Recording) -> Option<ErrorClass> {
    let reply = match (reaction, outcome) {
        (Reaction::End | Reaction::Ask(_), _) | (_, Outcome::Blocked { .. }) => return None,
        (Reaction::Stall, _) => return Some(ErrorClass::Timeout),
        (Reaction::Reset, _) => return Some(ErrorClass::Connection),
        (Reaction::Reply(..), Outcome::Limited { .. }) => return Some(ErrorClass::RateLimit),
        (Reaction::Reply(reply, _), _) => reply,
    };
    let http = match reply {
        Reply::Http(http) => http,
        Reply::Call(CallReply::Failed(_)) => return Some(ErrorClass::InBand),
        Reply::Call(CallReply::Returned(value)) => return says_error(value).then_some(ErrorClass::InBand),
    };
    let of_head = ErrorClass::of_status(http.status).or_else(|| of_ending(http));
    of_head.or_else(|| match outcome {
        Outcome::Faulted { .. } => Some(ErrorClass::InBand),
        Outcome::Served { interaction, bent, .. } if !bent.is_empty() => {
            of_content(reply, *interaction, bent, recording)
        }
        _ => None,
    })
}

fn of_ending(http: &HttpReply) -> Option<ErrorClass> {
    match http.ending {
        Ending::Complete => None,
        Ending::CleanEof => Some(ErrorClass::Malformed),
        Ending::Reset => Some(ErrorClass::Connection),
        Ending::Stall => Some(ErrorClass::Timeout),
    }
}

fn of_content(reply: &Reply, number: usize, bent: &[Change], recording: &Recording) -> Option<ErrorClass> {
    let other = |change: &Change| matches!(change, Change::Content { .. } | Change::Value(_));
    if !bent.iter().any(other) {
        return None;
    }
    match reply.json() {
        Some(document) => says_error(&document).then_some(ErrorClass::InBand),
        None => recording.reply_document(number).map(|_| ErrorClass::Malformed),
    }
}

/// What says of itself that it failed: `ok: false` (Slack), an `error` of JSON-RPC, `isError` of MCP, `errors` of GraphQL
/// without `data`.
fn says_error(document: &Value) -> bool {
    let is_error = |at: &str| document.pointer(at) == Some(&Value::Bool(true));
    let graphql = || {
        document.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty())
            && document.get("data").is_none_or(Value::is_null)
    };
    is_error("/isError")
        || is_error("/result/isError")
        || document.get("ok") == Some(&Value::Bool(false))
        || (document.get("jsonrpc").is_some() && document.get("error").is_some())
        || graphql()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use checkagent_cassette::analysis::Difference;
    use checkagent_cassette::json::Pointer;
    use checkagent_cassette::{Body, Content};

    use super::*;
    use crate::fixture::recording;

    fn class(reaction: &Reaction, outcome: &Outcome) -> Option<ErrorClass> {
        let recording = recording(&[("GET", "/a", Value::Null, json!({"n": 1}))]);
        failure(reaction, outcome, &recording)
    }

    fn http(status: u16, body: Body, ending: Ending) -> Reaction {
        let reply = HttpReply { status, content: Content::Whole(body), ending, ..HttpReply::default() };
        Reaction::Reply(Reply::Http(reply), Duration::ZERO)
    }

    fn ok(document: &Value) -> Reaction {
        http(200, Body::from_json(document), Ending::Complete)
    }

    fn served(bent: Vec<Change>) -> Outcome {
        Outcome::Served { interaction: 1, repeated: false, bent }
    }

    fn changed() -> Vec<Change> {
        vec![Change::Value(Difference { at: Pointer::parse("/n"), left: None, right: None })]
    }

    fn faulted() -> Outcome {
        Outcome::Faulted { interaction: Some(1), fault: "x".to_owned() }
    }

    #[test]
    fn silence_and_closed_connections_have_their_classes() {
        assert_eq!(class(&Reaction::Stall, &faulted()), Some(ErrorClass::Timeout));
        assert_eq!(class(&Reaction::Reset, &Outcome::Lost { interaction: 1 }), Some(ErrorClass::Connection));
        assert_eq!(class(&Reaction::End, &Outcome::OverBudget { allowed: 1 }), None);
        for (ending, expected) in [
            (Ending::Complete, None),
            (Ending::CleanEof, Some(ErrorClass::Malformed)),
            (Ending::Reset, Some(ErrorClass::Connection)),
            (Ending::Stall, Some(ErrorClass::Timeout)),
        ] {
            assert_eq!(class(&http(200, Body::Empty, ending), &served(Vec::new())), expected);
        }
    }

    #[test]
    fn a_status_tells_the_class_and_a_limit_is_one_whatever_its_status() {
        let limited = Outcome::Limited { interaction: None, wait_ms: 1, early: false };
        assert_eq!(class(&http(403, Body::Empty, Ending::Complete), &limited), Some(ErrorClass::RateLimit));
        assert_eq!(class(&http(503, Body::Empty, Ending::Complete), &faulted()), Some(ErrorClass::Server));
        assert_eq!(class(&http(404, Body::Empty, Ending::Complete), &served(Vec::new())), Some(ErrorClass::Client));
        assert_eq!(class(&http(200, Body::Empty, Ending::Complete), &faulted()), Some(ErrorClass::InBand));
        let blocked = Outcome::Blocked { rule: String::new(), because: String::new() };
        assert_eq!(class(&http(403, Body::Empty, Ending::Complete), &blocked), None);
    }

    #[test]
    fn content_that_says_it_failed_is_an_error_in_band() {
        for document in [
            json!({"ok": false}),
            json!({"isError": true}),
            json!({"result": {"isError": true}}),
            json!({"jsonrpc": "2.0", "error": {"code": -32603}}),
            json!({"errors": [{"message": "x"}]}),
            json!({"errors": [{"message": "x"}], "data": null}),
        ] {
            assert_eq!(class(&ok(&document), &served(changed())), Some(ErrorClass::InBand), "{document}");
            assert_eq!(class(&ok(&document), &served(Vec::new())), None, "{document}");
        }
        for document in [
            json!({"ok": true}),
            json!({"error": null}),
            json!({"jsonrpc": "2.0", "result": {}}),
            json!({"result": {"isError": false}}),
            json!({"errors": []}),
            json!({"errors": [1], "data": {}}),
        ] {
            assert_eq!(class(&ok(&document), &served(changed())), None, "{document}");
        }
    }

    #[test]
    fn content_that_is_no_longer_json_is_malformed() {
        let text = || http(200, Body::from_bytes(b"{\"n\": "), Ending::Complete);
        let content = vec![Change::Content { before: "x".to_owned(), after: "y".to_owned() }];
        assert_eq!(class(&text(), &served(content.clone())), Some(ErrorClass::Malformed));
        assert_eq!(class(&text(), &served(vec![Change::Late { by_ms: 1 }])), None);
        // What was no JSON when it was recorded need not be it now.
        let plain = crate::fixture::recording_of(vec![crate::fixture::taped("GET", "/a").reply_text("hello")]);
        assert_eq!(failure(&text(), &served(content), &plain), None);
    }

    #[test]
    fn a_call_of_own_code_fails_by_its_own_word() {
        let reaction = |reply| Reaction::Reply(Reply::Call(reply), Duration::ZERO);
        assert_eq!(class(&reaction(CallReply::Failed("no".to_owned())), &faulted()), Some(ErrorClass::InBand));
        assert_eq!(
            class(&reaction(CallReply::Returned(json!({"ok": false}))), &served(changed())),
            Some(ErrorClass::InBand)
        );
        assert_eq!(class(&reaction(CallReply::Returned(json!(1))), &served(changed())), None);
    }
}
