//! Pages: a list, and the request for what comes after it.

use std::collections::{BTreeSet, HashMap};

use super::index::{Index, List, ValueId};
use super::links::Flow;
use super::spots::{Kind, Spot};
use crate::analysis::endpoint::Endpoint;
use crate::analysis::place::Place;
use crate::format::Interaction;
use crate::json::Pointer;

/// A page and the one after it, with what led there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Number of the interaction that has the page before.
    pub from: usize,
    /// Number of the interaction that asks for the next page.
    pub to: usize,
    /// What leads there.
    pub kind: PageKind,
    /// Where it stood in the reply; `None` where the client counted by itself.
    pub source: Option<Place>,
    /// Where it stood in the request.
    pub sink: Place,
    /// The token, the path and query, or the number. A token that is an object is JSON.
    pub token: String,
}

/// What leads to the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageKind {
    /// A token of the service, or the id of the last item: it may expire or go.
    Token,
    /// A URL of the service that holds no token, as `?page=2`.
    Link,
    /// A number that the client counts: pages or items.
    Counted,
}

/// A page link before it is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Positions of the interactions.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: PageKind,
    pub(super) source: Option<Spot>,
    pub(super) sink: Spot,
    pub(super) value: ValueId,
}

impl Flow {
    /// The pages of a recording, in order of the requests for them; `interactions` are those of [`Flow::of`].
    ///
    /// A page link goes from a reply with a list to a later request of the same endpoint that carries a value of that
    /// reply: one from beside the list that stands where the request before had nothing or such a value, or the id of
    /// the last item. A URL is followed also to another endpoint, if items of the same form are there. Where nothing
    /// is given, two requests that differ in one number, which counts pages or items, are pages as well.
    #[must_use]
    pub fn pages(&self, interactions: &[Interaction]) -> Vec<PageLink> {
        let found = Paging::of(&self.index, interactions).all();
        found.iter().map(|found| self.page_link(found, interactions)).collect()
    }

    fn page_link(&self, found: &Found, interactions: &[Interaction]) -> PageLink {
        let sink = self.index.spots.place(found.sink);
        let token = match &sink {
            Place::Body(at, None) if self.index.known(found.value).is_object() => text_at(interactions, found.to, at),
            _ => None,
        };
        let number = || self.index.known(found.value).number().map(|number| number.to_string());
        let token = token.unwrap_or_else(|| match self.index.text(found.value) {
            "" => number().unwrap_or_default(),
            text => text.to_owned(),
        });
        let of = |at: usize| self.index.exchanges.get(at).map_or(0, |exchange| exchange.number);
        PageLink {
            from: of(found.from),
            to: of(found.to),
            kind: found.kind,
            source: found.source.map(|source| self.index.spots.place(source)),
            sink,
            token,
        }
    }
}

fn text_at(interactions: &[Interaction], at: usize, pointer: &Pointer) -> Option<String> {
    let document = interactions.get(at)?.request.json()?;
    pointer.resolve(&document).first().map(|(_, value)| value.to_string())
}

/// What finds pages.
#[derive(Debug)]
pub(super) struct Paging<'i> {
    pub(super) index: &'i Index,
    /// Of each interaction: the same number where the endpoint is the same.
    endpoints: Vec<usize>,
}

impl<'i> Paging<'i> {
    pub(super) fn of(index: &'i Index, interactions: &[Interaction]) -> Self {
        let mut numbers: HashMap<Endpoint, usize> = HashMap::new();
        let mut endpoints = Vec::with_capacity(interactions.len());
        for interaction in interactions {
            let next = numbers.len();
            endpoints.push(*numbers.entry(Endpoint::of(interaction)).or_insert(next));
        }
        Self { index, endpoints }
    }

    /// Every page link, in order of the requests; one for each at most.
    pub(super) fn all(&self) -> Vec<Found> {
        let mut earlier: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut all = Vec::new();
        for (to, endpoint) in self.endpoints.iter().enumerate() {
            let same = earlier.entry(*endpoint).or_default();
            if self.index.exchanges.get(to).is_some_and(|exchange| !exchange.asks_a_model) {
                let counted = || if same.is_empty() { None } else { self.counted(to, same) };
                all.extend(
                    self.by_token(to).or_else(|| self.by_link(to)).or_else(|| self.by_last_item(to)).or_else(counted),
                );
                same.push(to);
            }
        }
        all
    }

    pub(super) fn is_same_endpoint(&self, one: usize, other: usize) -> bool {
        self.endpoints.get(one).is_some_and(|endpoint| self.endpoints.get(other) == Some(endpoint))
    }

    /// The endpoint, by a number.
    pub(super) fn endpoint(&self, at: usize) -> usize {
        self.endpoints.get(at).copied().unwrap_or(usize::MAX)
    }

    /// Whether the reply to a request has what would follow a list: another one at the same place, or nothing.
    pub(super) fn continues(&self, list: &List, to: usize) -> bool {
        let lists = self.index.lists(to);
        let failed = self.index.exchanges.get(to).is_some_and(|exchange| !exchange.success);
        failed || lists.iter().any(|other| other.spot == list.spot) || lists.iter().all(|other| other.items == 0)
    }

    /// Whether another endpoint has items of the same form at the same place.
    pub(super) fn has_same_items(&self, list: &List, from: usize, to: usize) -> bool {
        let members = |at: usize| -> BTreeSet<Spot> {
            let in_list = |spot: &Spot| self.index.spots.item(*spot).is_some_and(|(of, _)| of == list.spot);
            let spots = self.index.brought(at).iter().map(|leaf| leaf.spot);
            spots.filter(in_list).map(|spot| self.index.spots.general(spot)).collect()
        };
        let there = self.index.main_list(to).is_some_and(|other| other.spot == list.spot);
        let (one, other) = (members(from), members(to));
        there && !one.is_empty() && one.intersection(&other).count() * 2 >= one.len().max(other.len())
    }

    /// Whether a request had the value itself; then its reply only repeats it.
    pub(super) fn asked_with(&self, at: usize, value: ValueId) -> bool {
        self.index.carried(at).iter().any(|carried| carried.value == value)
    }

    /// What a request asks for, without headers: places and values, sorted.
    pub(super) fn parameters(&self, at: usize) -> Vec<(Spot, ValueId)> {
        let spots = &self.index.spots;
        let is_parameter = |spot: Spot| {
            let kind = spots.part_of_message(spot).kind;
            matches!(kind, Kind::Segment | Kind::Query | Kind::Body) && spots.step(spot).kind != Kind::Word
        };
        let carried = self.index.carried(at).iter();
        let carried = carried.filter(|each| !self.index.known(each.value).is_object() && is_parameter(each.spot));
        let mut parameters: Vec<_> = carried.map(|each| (each.spot, each.value)).collect();
        parameters.sort_unstable();
        parameters
    }

    /// Whether two requests ask for the same but for what stands at or below a place.
    pub(super) fn differ_only_at(&self, sink: Spot, from: usize, to: usize) -> bool {
        let others = |at: usize| {
            let mut parameters = self.parameters(at);
            parameters.retain(|(spot, _)| !self.index.spots.path(*spot).any(|above| above == sink));
            parameters
        };
        others(from) == others(to)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{get, post, with_header};
    use super::*;

    fn pages(recording: &[Interaction]) -> Vec<PageLink> {
        Flow::of(recording).pages(recording)
    }

    /// From, to, kind, source, sink and token of the only page.
    fn page(recording: &[Interaction]) -> (usize, usize, PageKind, String, String, String) {
        let pages = pages(recording);
        let [page] = &pages[..] else { panic!("{} pages: {pages:?}", pages.len()) };
        let source = page.source.as_ref().map(ToString::to_string).unwrap_or_default();
        (page.from, page.to, page.kind, source, page.sink.to_string(), page.token.clone())
    }

    fn token(source: &str, sink: &str, token: &str) -> (usize, usize, PageKind, String, String, String) {
        (1, 2, PageKind::Token, source.to_owned(), sink.to_owned(), token.to_owned())
    }

    #[test]
    fn the_token_of_aws_is_found_in_bodies() {
        let recording = [
            post(
                1,
                "/",
                &json!({"MaxResults": 2}),
                &json!({"Things": [{"Arn": "a"}, {"Arn": "b"}], "NextToken": "MTA=" }),
            ),
            post(2, "/", &json!({"MaxResults": 2, "NextToken": "MTA="}), &json!({"Things": [{"Arn": "c"}]})),
        ];
        assert_eq!(page(&recording), token("/NextToken", "/NextToken", "MTA="));
    }

    #[test]
    fn a_marker_in_a_query_is_found_encoded() {
        let recording = [
            get(
                1,
                "/keys?MaxItems=1",
                &json!({"IsTruncated": true, "NextMarker": "photos/2006 a", "Keys": [{"k": 1}]}),
            ),
            get(2, "/keys?MaxItems=1&Marker=photos%2F2006+a", &json!({"IsTruncated": false, "Keys": [{"k": 2}]})),
        ];
        assert_eq!(page(&recording), token("/NextMarker", "query `Marker`", "photos/2006 a"));
    }

    #[test]
    fn the_key_of_a_table_is_found_as_an_object_of_short_values() {
        let key = json!({"pk": {"S": "u1"}, "sk": {"N": "7"}});
        let recording = [
            post(
                1,
                "/",
                &json!({"TableName": "t"}),
                &json!({"Items": [{"pk": {"S": "u1"}, "sk": {"N": "7"}}], "LastEvaluatedKey": key}),
            ),
            post(2, "/", &json!({"TableName": "t", "ExclusiveStartKey": key}), &json!({"Items": [], "Count": 0})),
        ];
        assert_eq!(page(&recording), token("/LastEvaluatedKey", "/ExclusiveStartKey", &key.to_string()));
    }

    #[test]
    fn page_tokens_of_google_jira_and_airtable_are_found_in_queries() {
        let recording = [
            get(1, "/files?pageSize=1", &json!({"files": [{"n": 1}], "nextPageToken": "~!!~AI9F"})),
            get(
                2,
                "/files?pageSize=1&pageToken=~%21%21~AI9F",
                &json!({"files": [{"n": 2}], "nextPageToken": "~!!~BI9F4"}),
            ),
            get(3, "/files?pageSize=1&pageToken=~%21%21~BI9F4", &json!({"nextPageToken": ""})),
        ];
        let found: Vec<_> = pages(&recording).into_iter().map(|page| (page.from, page.to, page.token)).collect();
        assert_eq!(found, [(1, 2, "~!!~AI9F".to_owned()), (2, 3, "~!!~BI9F4".to_owned())]);
        let airtable = [
            get(1, "/v0/a/t", &json!({"records": [{"n": 1}], "offset": "itr23sEjs/rec0A"})),
            get(2, "/v0/a/t?offset=itr23sEjs/rec0A", &json!({"records": [{"n": 2}]})),
        ];
        assert_eq!(page(&airtable), token("/offset", "query `offset`", "itr23sEjs/rec0A"));
    }

    #[test]
    fn cursors_of_mcp_slack_notion_and_hubspot_are_found_where_they_are() {
        let mcp = [
            post(
                1,
                "/mcp",
                &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
                &json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "a"}], "nextCursor": "cur-2-abcdef"}}),
            ),
            post(
                2,
                "/mcp",
                &json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {"cursor": "cur-2-abcdef"}}),
                &json!({"jsonrpc": "2.0", "id": 2, "result": {"tools": [{"name": "b"}]}}),
            ),
        ];
        assert_eq!(page(&mcp), token("/result/nextCursor", "/params/cursor", "cur-2-abcdef"));
        let slack = [
            get(
                1,
                "/api/users.list?limit=1",
                &json!({"members": [{"u": 1}], "response_metadata": {"next_cursor": "dXNlcjpVMDYx"}}),
            ),
            get(
                2,
                "/api/users.list?limit=1&cursor=dXNlcjpVMDYx",
                &json!({"members": [{"u": 2}], "response_metadata": {"next_cursor": ""}}),
            ),
        ];
        assert_eq!(page(&slack), token("/response_metadata/next_cursor", "query `cursor`", "dXNlcjpVMDYx"));
        let notion = "1f2e3d4c-0000-4444-8888-123456789abc";
        let notion = [
            post(
                1,
                "/v1/search",
                &json!({"page_size": 1}),
                &json!({"results": [{"o": 1}], "has_more": true, "next_cursor": notion}),
            ),
            post(
                2,
                "/v1/search",
                &json!({"page_size": 1, "start_cursor": notion}),
                &json!({"results": [{"o": 2}], "has_more": false, "next_cursor": null}),
            ),
        ];
        assert_eq!(page(&notion).4, "/start_cursor");
        let hubspot = [
            get(
                1,
                "/crm/contacts",
                &json!({"results": [{"c": 1}], "paging": {"next": {"after": "NTI1Cg%3D%3D", "link": "https://h/crm/contacts?after=NTI1Cg%253D%253D"}}}),
            ),
            get(2, "/crm/contacts?after=NTI1Cg%253D%253D", &json!({"results": [{"c": 2}]})),
        ];
        assert_eq!(page(&hubspot).2, PageKind::Token);
    }

    #[test]
    fn a_cursor_of_relay_is_found_in_variables_and_in_the_query_itself() {
        let reply = |x: u8| json!({"data": {"r": {"issues": {"nodes": [{"x": x}], "pageInfo": {"hasNextPage": true, "endCursor": "Y3Vyc29yOjE="}}}}});
        let variables = [
            post(1, "/graphql", &json!({"query": "q", "variables": {"after": null}}), &reply(1)),
            post(2, "/graphql", &json!({"query": "q", "variables": {"after": "Y3Vyc29yOjE="}}), &reply(2)),
        ];
        assert_eq!(page(&variables), token("/data/r/issues/pageInfo/endCursor", "/variables/after", "Y3Vyc29yOjE="));
        let inline = [
            post(1, "/graphql", &json!({"query": "{ r { issues(first: 1) { nodes { x } } } }"}), &reply(1)),
            post(
                2,
                "/graphql",
                &json!({"query": "{ r { issues(first: 1, after: \"Y3Vyc29yOjE=\") { nodes { x } } } }"}),
                &reply(2),
            ),
        ];
        assert_eq!(page(&inline), token("/data/r/issues/pageInfo/endCursor", "/query (in its text)", "Y3Vyc29yOjE"));
    }

    #[test]
    fn the_id_of_the_last_item_is_a_token() {
        let list =
            |ids: [&str; 2]| json!({"data": ids.map(|id| json!({"id": id, "customer": "cus_4711"})), "has_more": true});
        let recording = [
            get(1, "/charges?limit=2", &list(["ch_1001a", "ch_1002b"])),
            get(2, "/charges?limit=2&starting_after=ch_1002b", &list(["ch_1003c", "ch_1004d"])),
            get(3, "/charges?limit=2&starting_after=ch_1004d", &json!({"data": [], "has_more": false})),
        ];
        let found: Vec<_> = pages(&recording).into_iter().map(|page| (page.from, page.to, page.token)).collect();
        assert_eq!(found, [(1, 2, "ch_1002b".to_owned()), (2, 3, "ch_1004d".to_owned())]);
    }

    #[test]
    fn a_filter_by_a_value_of_the_last_item_is_no_page() {
        let list = |ids: [&str; 2]| json!({"data": ids.map(|id| json!({"id": id, "customer": "cus_4711"}))});
        let recording = [
            get(1, "/charges?limit=2", &list(["ch_1001a", "ch_1002b"])),
            get(2, "/charges?limit=2&customer=cus_4711", &list(["ch_1002b", "ch_1003c"])),
        ];
        assert_eq!(pages(&recording), []);
        let other = [
            get(1, "/charges?customer=cus_4711", &json!({"data": [{"id": "ch_1", "payer": "cus_9922"}]})),
            get(2, "/charges?customer=cus_9922", &json!({"data": [{"id": "ch_2", "payer": "cus_1133"}]})),
        ];
        assert_eq!(pages(&other), []);
    }

    #[test]
    fn a_next_link_is_followed_with_its_token_in_query_or_path() {
        let odata = [
            get(
                1,
                "/users?$top=1",
                &json!({"value": [{"u": 1}], "@odata.nextLink": "https://g.example/users?$top=1&$skiptoken=RFNwdAoAAQ"}),
            ),
            get(2, "/users?$top=1&$skiptoken=RFNwdAoAAQ", &json!({"value": [{"u": 2}]})),
        ];
        assert_eq!(
            page(&odata),
            token("/@odata.nextLink (`$skiptoken` in its URL)", "query `$skiptoken`", "RFNwdAoAAQ")
        );
        let salesforce = [
            get(
                1,
                "/services/data/v60.0/query?q=SELECT+Id",
                &json!({"done": false, "nextRecordsUrl": "/services/data/v60.0/query/01gD0000002HU6K-2000", "records": [{"Id": "1"}]}),
            ),
            get(2, "/services/data/v60.0/query/01gD0000002HU6K-2000", &json!({"done": true, "records": [{"Id": "2"}]})),
        ];
        assert_eq!(page(&salesforce), token("/nextRecordsUrl", "path segment 6", "01gD0000002HU6K-2000"));
    }

    #[test]
    fn links_with_page_numbers_are_followed_to_another_path_and_to_the_last_page() {
        let link = |page: u8| {
            format!(
                "<https://h/repositories/51543/issues?page={page}>; rel=\"next\", <https://h/repositories/51543/issues?page=3>; rel=\"last\""
            )
        };
        let issues = |x: u8| json!([{"title": x, "state": x}]);
        let recording = [
            with_header(get(1, "/repos/o/r/issues", &issues(1)), "link", &link(2)),
            with_header(get(2, "/repositories/51543/issues?page=2", &issues(2)), "link", &link(3)),
            get(3, "/repositories/51543/issues?page=3", &issues(3)),
        ];
        let found: Vec<_> = pages(&recording).into_iter().map(|page| (page.from, page.to, page.kind)).collect();
        assert_eq!(found, [(1, 2, PageKind::Link), (2, 3, PageKind::Link)]);
    }

    #[test]
    fn a_link_of_an_item_or_to_other_things_is_no_page() {
        let recording = [
            get(1, "/issues", &json!([{"title": "a", "comments": "https://h/issues/7/comments?n=100"}])),
            get(2, "/issues/7/comments?n=100", &json!([{"body": "b"}])),
        ];
        assert_eq!(pages(&recording), []);
    }

    #[test]
    fn pages_of_xml_are_found() {
        let xml = |token: &str| format!("<R><K>a</K><K>b</K>{token}</R>");
        let mut recording = [
            get(1, "/bucket?list-type=2", &json!(null)),
            get(2, "/bucket?list-type=2&continuation-token=1ueGcxLPRx1Tr%2FXYExHnhbYLg%3D", &json!(null)),
        ];
        super::super::fixture::set_text(&mut recording[0], &xml("<Next>1ueGcxLPRx1Tr/XYExHnhbYLg=</Next>"));
        super::super::fixture::set_text(&mut recording[1], &xml(""));
        assert_eq!(page(&recording).4, "query `continuation-token` (in its text)".replace(" (in its text)", ""));
    }

    #[test]
    fn a_conversation_with_a_model_has_no_pages() {
        let call = json!({"id": "call_4711abc", "type": "function", "function": {"name": "f", "arguments": "{}"}});
        let first = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let second = json!({"model": "m", "messages": [
            {"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_4711abc", "content": "1"}]});
        let reply = json!({"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]});
        let talk = [post(1, "/v1/chat/completions", &first, &reply), post(2, "/v1/chat/completions", &second, &reply)];
        assert_eq!(pages(&talk), []);
    }
}
