//! The cursor of the next page is an empty text.

use checkagent_cassette::json::{Edit, Pointer};
use checkagent_cassette::{Reply, Request};
use serde_json::json;

use super::sessions::Sessions;
use super::tools;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;
use crate::recording::message::{Asked, exchange, exchanges};

/// An empty cursor that leads to a page. See [`mcp_empty_cursor`].
#[derive(Clone, Debug)]
pub struct McpEmptyCursor;

/// The list goes on, and the cursor of its next page is `""`: only a missing one ends a list.
///
/// Evident for servers since 2026-07-28, whose specification says so in words; plausible before, when many clients took
/// an empty cursor for the end.
#[must_use]
pub fn mcp_empty_cursor() -> McpEmptyCursor {
    McpEmptyCursor
}

/// The first version that says what an empty cursor means.
const SAID_SINCE: &str = "2026-07-28";

impl Operator for McpEmptyCursor {
    fn id(&self) -> &'static str {
        "mcp_empty_cursor"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The cursor of the next page of an MCP list is an empty text.",
            seen: "clients that lost every page but the first: FastMCP, MCPJam inspector",
            source: "MCP 2026-07-28, server/utilities/pagination: an empty string is a valid cursor; PrefectHQ/fastmcp#5025, MCPJam/inspector#4462, modelcontextprotocol#1846",
            sites: "every list of a server whose next page was asked for",
            good: "goes on with the empty cursor",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = exchanges(recording);
        let sessions = Sessions::of(recording, &exchanges);
        let lists = exchanges.iter().filter(|exchange| exchange.asked.method.ends_with("/list"));
        let sites = lists.filter_map(|list| {
            let answer = list.answer()?;
            let cursor = answer.result()["nextCursor"].as_str().filter(|cursor| !cursor.is_empty())?;
            let mut later = exchanges.iter().filter(|other| other.number > list.number);
            later.find(|next| {
                let asks = next.asked.method == list.asked.method && next.asked.params["cursor"] == cursor;
                asks && next.is_of_server(list, recording)
            })?;
            let said = sessions.version(list).is_some_and(|version| version >= SAID_SINCE);
            let lie = if said {
                Lie::Evident("an empty cursor is a cursor (MCP 2026-07-28)".to_owned())
            } else {
                Lie::Plausible("before 2026-07-28 nothing said what an empty cursor means".to_owned())
            };
            Some(Site::at(list.number).pointer(Pointer::parse("/result/nextCursor")).lie(lie).rank(60))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let answer = exchange(recording, site.interaction).and_then(|exchange| exchange.answer());
        let reply = answer.map(|answer| answer.with("/result/nextCursor", json!(""))).unwrap_or_default();
        Bend::Replace { at: site.interaction, reply: Reply::Http(reply), times: None }
    }

    fn stands_for(&self, site: &Site, recording: &Recording, request: &Request) -> Option<Request> {
        let (asked, list) = (Asked::of(request)?, exchange(recording, site.interaction)?);
        let same = asked.method == list.asked.method && asked.params["cursor"] == "";
        let cursor = list.answer()?.result()["nextCursor"].clone();
        same.then(|| tools::with_params(request, &Edit::Set { at: Pointer::parse("/params/cursor"), value: cursor }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, message, server, server_of};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};

    #[test]
    fn a_list_that_goes_on_has_a_site_and_the_last_page_has_none() {
        let sites = mcp_empty_cursor().sites(&server());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2:result.nextCursor"]);
        assert!(matches!(sites[0].lie, Lie::Plausible(_)));
        assert!(matches!(mcp_empty_cursor().sites(&server_of("2026-07-28", |taped| taped))[0].lie, Lie::Evident(_)));
        let list = message(1, "tools/list", &json!({}));
        let unread = answered(&list, &json!({"tools": [], "nextCursor": "more"}));
        assert!(mcp_empty_cursor().sites(&recording_of(vec![unread])).is_empty());
    }

    #[test]
    fn the_empty_cursor_leads_to_the_next_page() {
        let mut session = Session::first(&server(), mcp_empty_cursor());
        assert_eq!(ask(&mut session, &message(2, "tools/list", &json!({}))).1["result"]["nextCursor"], "");
        let next = ask(&mut session, &message(3, "tools/list", &json!({"cursor": ""}))).1;
        assert_eq!(next["result"]["tools"][0]["name"], "pay");
        assert!(session.ledger().calls.iter().all(|call| !call.effect));
    }

    #[test]
    fn the_cursor_is_delivered() {
        assert_eq!(delivered(&server(), mcp_empty_cursor).bent_calls().count(), 1);
    }
}
