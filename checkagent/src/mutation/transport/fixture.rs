//! A small shop for the tests of this folder.

use std::sync::Arc;

use checkagent_cassette::{HttpReply, Reply};
use serde_json::json;

use crate::fixture::{Taped, recording_of, taped, taped_call};
use crate::mutation::Operator;
use crate::recording::Recording;
use crate::world::Reaction;

/// The id of the order that the shop's client creates.
pub(super) const ORDER: &str = "ord_7f3a9c21";

/// The calls of a client of the shop: two lists, an order, and that order read back.
pub(super) fn calls() -> Vec<Taped> {
    let order = json!({"id": ORDER, "item": "lamp", "status": "open"});
    vec![
        taped("GET", "/items?page=1").reply(&json!({"items": [{"name": "lamp"}], "next": "tok-4711-a"})),
        taped("GET", "/items?page=tok-4711-a").reply(&json!({"items": [{"name": "desk"}, {"name": "chair"}]})),
        taped("POST", "/orders").body(&json!({"item": "lamp"})).reply(&order).status(201),
        taped("GET", &format!("/orders/{ORDER}")).reply(&order),
    ]
}

pub(super) fn shop() -> Arc<Recording> {
    recording_of(calls())
}

/// The same question to a model, so many times.
pub(super) fn talk(times: usize) -> Arc<Recording> {
    let question = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    recording_of((0..times).map(|_| taped("POST", "/v1/chat/completions").body(&question)).collect())
}

/// Two calls of the agent's own code.
pub(super) fn own_code() -> Arc<Recording> {
    recording_of((1..3).map(|row| taped_call("read", false, &json!(row), &json!("x"))).collect())
}

/// The reply that a request was given.
pub(super) fn reply(reaction: Reaction) -> HttpReply {
    let Reaction::Reply(Reply::Http(reply), _) = reaction else { panic!("a reply, not {reaction:?}") };
    reply
}

/// The numbers and variants of an operator's sites, in order of the numbers.
pub(super) fn places(recording: &Recording, operator: &dyn Operator) -> Vec<String> {
    let mut sites = operator.sites(recording);
    sites.sort_by_key(|site| (site.interaction, site.variant));
    sites.iter().map(ToString::to_string).collect()
}
