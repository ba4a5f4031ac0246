//! Tools that a server offers and a client calls, and what becomes of both when a tool changes.

use checkagent_cassette::json::{Edit, Pointer};
use checkagent_cassette::{Reply, Request};
use serde_json::{Value, json};

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::site::Site;
use crate::recording::message::{Asked, exchange, exchanges};
use crate::recording::{FollowUp, Recording};

/// A tool of a list that was called later.
#[derive(Debug)]
pub(super) struct Offered {
    /// The list that offers it first.
    pub list: usize,
    /// Its position there.
    pub index: usize,
    /// How often it was called.
    pub calls: u32,
}

impl Offered {
    pub(super) fn site(&self) -> Site {
        Site::at(self.list).pointer(tool_at(self.index)).rank(70 + self.calls.min(20))
    }
}

/// The place of a tool in the answer to `tools/list`.
pub(super) fn tool_at(index: usize) -> Pointer {
    Pointer::parse("/result/tools").index(index)
}

/// The tools that were offered and then called, in the order of the lists.
pub(super) fn offered(recording: &Recording) -> Vec<Offered> {
    let exchanges = exchanges(recording);
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut offered = Vec::new();
    for list in exchanges.iter().filter(|exchange| exchange.asked.method == "tools/list") {
        let Some(answer) = list.answer() else { continue };
        for (index, tool) in answer.tools().iter().enumerate() {
            let Some(name) = tool["name"].as_str() else { continue };
            let channel = recording.interaction(list.number).channel.to_string();
            if seen.iter().any(|(server, known)| *server == channel && known == name) {
                continue;
            }
            seen.push((channel, name.to_owned()));
            let calls = exchanges.iter().filter(|call| {
                call.number > list.number && call.asked.tool() == Some(name) && call.is_of_server(list, recording)
            });
            let calls = u32::try_from(calls.count()).unwrap_or(u32::MAX);
            if calls > 0 {
                offered.push(Offered { list: list.number, index, calls });
            }
        }
    }
    offered
}

/// The first call of each tool that no recorded list offers: clients that know their tools by heart.
pub(super) fn unlisted(recording: &Recording) -> Vec<Site> {
    let exchanges = exchanges(recording);
    let mut lists = exchanges.iter().filter(|exchange| exchange.asked.method == "tools/list");
    if lists.next().is_some() {
        return Vec::new();
    }
    let mut seen: Vec<&str> = Vec::new();
    let calls = exchanges.iter().filter_map(|call| Some((call.number, call.asked.tool()?)));
    calls
        .filter(|(_, tool)| {
            let new = !seen.contains(tool);
            seen.extend(new.then_some(*tool));
            new
        })
        .map(|(number, _)| Site::at(number).rank(70))
        .collect()
}

/// Every recorded call of the tool that the first one calls is refused.
pub(super) fn calls_refused(site: &Site, recording: &Recording) -> Bend {
    let exchanges = exchanges(recording);
    let Some(first) = exchanges.iter().find(|exchange| exchange.number == site.interaction) else {
        return Bend::All(Vec::new());
    };
    let same = exchanges.iter().filter(|call| {
        call.number >= first.number && call.asked.tool() == first.asked.tool() && call.is_of_server(first, recording)
    });
    let bends = same.map(|call| {
        let message = unknown_tool(call.asked.tool().unwrap_or_default());
        let fault = Fault::Reply(call.refused_with(INVALID_PARAMS, &message));
        Bend::Fault { at: call.number, fault, times: u32::MAX }
    });
    Bend::All(bends.collect())
}

/// The tool that a site of [`Offered::site`] or [`unlisted`] names.
pub(super) fn tool_of(site: &Site, recording: &Recording) -> Option<Value> {
    let exchange = exchange(recording, site.interaction)?;
    let Some(place) = &site.pointer else { return Some(json!({"name": exchange.asked.tool()?})) };
    let answer = exchange.answer()?;
    place.resolve(&answer.message).into_iter().next().map(|(_, tool)| tool.clone())
}

/// Every list that offers the tool of a site shows it changed.
pub(super) fn changed(site: &Site, recording: &Recording, edit: impl Fn(Pointer) -> Edit) -> Bend {
    let tool = tool_of(site, recording).unwrap_or_default();
    let exchanges = exchanges(recording);
    let first = exchanges.iter().find(|exchange| exchange.number == site.interaction);
    let lists = exchanges.iter().filter(|other| {
        let same = first.is_some_and(|first| other.number >= first.number && other.is_of_server(first, recording));
        same && other.asked.method == "tools/list"
    });
    let bends = lists.filter_map(|list| {
        let answer = list.answer()?;
        let index = answer.tools().iter().position(|other| other["name"] == tool["name"])?;
        let reply = Reply::Http(answer.edited(&[edit(tool_at(index))]));
        Some(Bend::Replace { at: list.number, reply, times: None })
    });
    Bend::All(bends.collect())
}

/// The code of JSON-RPC for parameters that the server does not accept.
const INVALID_PARAMS: i32 = -32602;

fn unknown_tool(name: &str) -> String {
    format!("Unknown tool: {name}")
}

/// What a server says to a call that it does not do.
#[derive(Debug)]
pub(super) enum Refusal {
    /// An error of the protocol, with this code and message.
    Error(i32, String),
    /// A result that is an error, with this text.
    Result(String),
}

impl Refusal {
    /// What it says of a tool that it does not have.
    pub(super) fn unknown(name: &str) -> Self {
        Self::Error(INVALID_PARAMS, unknown_tool(name))
    }
}

/// The answer to a call of the tool of a site as it was.
pub(super) fn refused(
    site: &Site,
    recording: &Recording,
    request: &Request,
    refusal: impl FnOnce(&str) -> Refusal,
) -> Option<FollowUp> {
    let (asked, tool) = (Asked::of(request)?, tool_of(site, recording)?);
    let name = asked.tool().filter(|name| tool["name"] == *name)?;
    let (member, value) = match refusal(name) {
        Refusal::Error(code, message) => ("error", json!({"code": code, "message": message})),
        Refusal::Result(text) => ("result", json!({"content": [{"type": "text", "text": text}], "isError": true})),
    };
    let list = exchange(recording, site.interaction)?;
    let reply = Reply::Http(list.in_its_form(asked.id.as_ref()?, member, &value));
    Some(FollowUp { reply, items: Vec::new() })
}

/// The request with other parameters.
pub(super) fn with_params(request: &Request, edit: &Edit) -> Request {
    match request {
        Request::Http(http) => {
            let mut http = http.clone();
            http.body = http.body.map_text(|text| edit.apply(text));
            Request::Http(http)
        }
        other @ Request::Call(_) => other.clone(),
    }
}
