//! Pages in each style that services have.

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
        post(1, "/", &json!({"MaxResults": 2}), &json!({"Things": [{"Arn": "a"}, {"Arn": "b"}], "NextToken": "MTA=" })),
        post(2, "/", &json!({"MaxResults": 2, "NextToken": "MTA="}), &json!({"Things": [{"Arn": "c"}]})),
    ];
    assert_eq!(page(&recording), token("/NextToken", "/NextToken", "MTA="));
}

#[test]
fn a_marker_in_a_query_is_found_encoded() {
    let recording = [
        get(1, "/keys?MaxItems=1", &json!({"IsTruncated": true, "NextMarker": "photos/2006 a", "Keys": [{"k": 1}]})),
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
        get(2, "/files?pageSize=1&pageToken=~%21%21~AI9F", &json!({"files": [{"n": 2}], "nextPageToken": "~!!~BI9F4"})),
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
    assert_eq!(page(&odata), token("/@odata.nextLink (`$skiptoken` in its URL)", "query `$skiptoken`", "RFNwdAoAAQ"));
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
