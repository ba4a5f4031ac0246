//! Links: a value that a reply brought, and a later request carried.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::index::{Carried, Index};
use super::rarity::Rarity;
use super::read::read;
use super::spots::{Kind, Spot, mix};
use crate::analysis::place::Place;
use crate::format::Interaction;

/// Every link of a recording, in order of the requests.
///
/// A request that carries a value got it from the reply that brought it first, if no request had it before. Only
/// values that tell something link (see [`Rarity`]): whole values, values inside longer texts, in JSON inside texts, in
/// URLs and in headers. What an agent sends after a model called a tool with it comes from the model; and a model is
/// told things once, however often the conversation is sent again.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::Flow;
/// use checkagent_cassette::json::Pointer;
/// # use checkagent_cassette::{key::Key, Body, Content, Fidelity, HttpReply, HttpRequest, Interaction, Reply, Request};
/// # fn get(number: usize, target: &str, reply: &str) -> Interaction {
/// #     let content = Content::Whole(Body::from_bytes(reply.as_bytes()));
/// #     let target = target.into();
/// #     Interaction { number, channel: "api".into(), key: Key::default(), latency: None, fidelity: Fidelity::Wire,
/// #         request: Request::Http(HttpRequest { method: "GET".into(), target, ..HttpRequest::default() }),
/// #         reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }) }
/// # }
/// let recording = [
///     get(1, "/orders", r#"{"orders": [{"id": "ord-2026-17", "note": "call me"}]}"#),
///     get(2, "/orders/ord-2026-17", r#"{"id": "ord-2026-17"}"#),
/// ];
/// let flow = Flow::of(&recording);
/// assert_eq!(flow.links()[0].source.to_string(), "/orders/0/id");
/// assert_eq!(flow.influence(1, &Pointer::parse("/orders/*/id")).addressed, 1);
/// assert!(flow.flows_nowhere(1, &Pointer::parse("/orders/*/note"), None));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Flow {
    links: Vec<Link>,
    pub(super) index: Index,
}

/// A value that a reply brought, and a later request carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Number of the interaction whose reply brought it.
    pub from: usize,
    /// Where it stood in that reply.
    pub source: Place,
    /// Number of the interaction whose request carried it.
    pub to: usize,
    /// Where it stood in that request.
    pub sink: Place,
    /// The value.
    pub value: String,
}

impl Flow {
    /// Follows every value of a recording.
    #[must_use]
    pub fn of(interactions: &[Interaction]) -> Self {
        Self::read(interactions, &|interaction| interaction.request.json().map(Cow::Owned))
    }

    /// As [`Flow::of`], where the JSON documents of requests are known.
    #[must_use]
    pub fn read<'i>(
        interactions: &'i [Interaction],
        documents: &dyn Fn(&'i Interaction) -> Option<Cow<'i, Value>>,
    ) -> Self {
        let mut index = read(interactions, documents);
        let by_itself = |(at, carried): (usize, &Carried)| links_by_itself(&index, carried).then_some(at);
        let mut linking: Vec<usize> = index.all_carried().iter().enumerate().filter_map(by_itself).collect();
        linking.extend(supported(&index));
        for at in &linking {
            index.mark(*at);
        }
        let mut links = Vec::with_capacity(linking.len());
        for carried in index.all_carried().iter().filter(|carried| carried.links) {
            let (Some(source), Some(to)) = (index.source(carried), index.exchanges.get(carried.exchange as usize))
            else {
                continue;
            };
            let Some(from) = index.exchanges.get(source.exchange as usize) else { continue };
            links.push(Link {
                from: from.number,
                source: index.spots.place(source.spot),
                to: to.number,
                sink: index.spots.place(carried.spot),
                value: index.text(carried.value).to_owned(),
            });
        }
        Self { links, index }
    }

    /// The links in order of the requests that carried the values.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The links that start in the reply of that interaction.
    pub fn from_reply(&self, number: usize) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.from == number)
    }
}

/// Whether a value that a request carries says where it comes from. A link that was followed says it whatever it holds,
/// but a path alone is no link that was followed: clients know paths by themselves.
fn links_by_itself(index: &Index, carried: &Carried) -> bool {
    if carried.again || !index.is_from_a_reply(carried.value) {
        return false;
    }
    match index.spots.step(carried.spot).kind {
        Kind::Target => index.rarity(carried.value) > Rarity::Everywhere,
        Kind::Location => false,
        _ => index.rarity(carried.value).is_telling(),
    }
}

/// Where the structure says that common values link: several requests that differ in one segment of the path, which
/// has the values of one place, as `/records/1017` and `/records/1018` with the ids of a list. Values of fewer than
/// four characters are left out even then: `/steps/1` and `/steps/2` are counted by clients.
fn supported(index: &Index) -> Vec<usize> {
    let mut groups: HashMap<(u64, Spot), Vec<usize>> = HashMap::new();
    for (at, carried) in index.all_carried().iter().enumerate() {
        let is_segment = index.spots.step(carried.spot).kind == Kind::Segment;
        if !is_segment || index.rarity(carried.value) != Rarity::Common || !index.is_from_a_reply(carried.value) {
            continue;
        }
        let Some(source) = index.source(carried) else { continue };
        if index.spots.item(source.spot).is_none() {
            continue;
        }
        let path = index.carried(carried.exchange as usize).iter();
        let path =
            path.filter(|other| index.spots.step(other.spot).kind == Kind::Segment && other.spot != carried.spot);
        let path = path.fold(0, |hash, other| mix(hash, u64::from(other.value)));
        let key = (mix(path, u64::from(index.spots.step(carried.spot).number)), index.spots.general(source.spot));
        groups.entry(key).or_default().push(at);
    }
    let value = |at: &usize| index.all_carried().get(*at).map(|carried| carried.value);
    let several = |group: &Vec<usize>| group.iter().any(|at| value(at) != group.first().and_then(value));
    groups.into_values().filter(several).flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{asked_with_header, call, get, post, set_text, with_header};
    use super::*;

    /// Each link as `from source -> to sink: value`.
    fn links(recording: &[Interaction]) -> Vec<String> {
        let shown = |link: &Link| format!("{} {} -> {} {}: {}", link.from, link.source, link.to, link.sink, link.value);
        Flow::of(recording).links().iter().map(shown).collect()
    }

    #[test]
    fn an_id_that_leads_to_a_single_record_is_a_link_but_no_page() {
        let recording = [
            get(1, "/items", &json!([{"id": "rec-2026-1"}])),
            get(2, "/items/rec-2026-1", &json!({"id": "rec-2026-1"})),
        ];
        assert_eq!(links(&recording), ["1 /0/id -> 2 path segment 3: rec-2026-1"]);
        assert!(Flow::of(&recording).pages(&recording).is_empty());
    }

    #[test]
    fn what_the_client_said_first_does_not_come_from_a_reply() {
        let recording = [
            get(1, "/items?sort=created_at", &json!([{"sort": "created_at"}])),
            get(2, "/items?sort=created_at", &json!([])),
        ];
        assert_eq!(links(&recording), [] as [&str; 0]);
    }

    #[test]
    fn short_and_common_values_do_not_link() {
        let reply = json!({"a": 1, "b": "eur", "c": true, "d": "paid", "e": 100, "kind": "customers", "customers": 2});
        let recording = [
            get(1, "/x", &reply),
            post(2, "/y", &json!({"a": 1, "b": "eur", "c": true, "d": "paid", "e": 100, "f": "customers"}), &json!({})),
            get(3, "/z/1?page=1&kind=customers", &json!({})),
        ];
        assert_eq!(links(&recording), [] as [&str; 0]);
    }

    #[test]
    fn a_word_that_is_repeated_often_is_common_and_a_name_is_not() {
        let reply = json!([{"state": "Awaiting Parts", "city": "Kaiserslautern"}, {"state": "Awaiting Parts"},
            {"state": "Awaiting Parts"}, {"state": "Awaiting Parts"}]);
        let recording = [get(1, "/x", &reply), get(2, "/y?state=Awaiting+Parts&city=Kaiserslautern", &json!({}))];
        assert_eq!(links(&recording), ["1 /0/city -> 2 query `city`: Kaiserslautern"]);
    }

    #[test]
    fn numbers_of_four_digits_link_where_several_requests_have_them_as_a_segment() {
        let list = json!([{"id": 1017}, {"id": 1018}, {"id": 17}, {"id": 18}]);
        let supported = [
            get(1, "/records", &list),
            get(2, "/records/1017", &json!({})),
            get(3, "/records/1018", &json!({})),
            get(4, "/records/17", &json!({})),
            get(5, "/records/18", &json!({})),
        ];
        assert_eq!(links(&supported), ["1 /0/id -> 2 path segment 3: 1017", "1 /1/id -> 3 path segment 3: 1018"]);
        let once = [get(1, "/records", &list), get(2, "/records/1017", &json!({}))];
        assert_eq!(links(&once), [] as [&str; 0]);
    }

    #[test]
    fn values_are_found_in_texts_of_any_kind() {
        let order = json!({"id": "ord-2026-17", "customer": "Ada Lovelace", "mail": "ada@example.org"});
        let sinks = [
            json!({"prompt": "Refund ord-2026-17, now."}),
            json!({"sql": "select * from orders where id='ord-2026-17'"}),
            json!({"arguments": "{\"order\": \"ord-2026-17\"}"}),
            json!({"url": "https://h/orders/ord-2026-17/lines"}),
        ];
        for sink in sinks {
            let recording = [get(1, "/o", &order), post(2, "/x", &sink, &json!({}))];
            let found = links(&recording);
            assert!(
                matches!(&found[..], [one] if one.starts_with("1 /id -> 2") && one.ends_with(": ord-2026-17")),
                "{found:?}"
            );
        }
        let text = json!({"note": "Dear Ada Lovelace, is ada@example.org you?"});
        let found = links(&[get(1, "/o", &order), post(2, "/x", &text, &json!({}))]);
        assert_eq!(
            found,
            ["1 /customer -> 2 /note (in its text): Ada Lovelace", "1 /mail -> 2 /note (in its text): ada@example.org"]
        );
    }

    #[test]
    fn ids_come_out_of_texts_xml_and_json_in_texts() {
        let replies = [
            ("<order><id>ord-2026-17</id></order>", "body (in its text)"),
            ("Created ord-2026-17.\nThanks!", "body (in its text)"),
            ("data: {\"id\": \"ord-2026-17\"}\n\n", "event 1 /id"),
        ];
        for (text, source) in replies {
            let mut recording = [get(1, "/o", &json!(null)), get(2, "/orders/ord-2026-17", &json!({}))];
            set_text(&mut recording[0], text);
            assert_eq!(links(&recording), [format!("1 {source} -> 2 path segment 3: ord-2026-17")]);
        }
        let tool = [
            call(1, "find", json!({"q": "x"}), json!([{"text": "{\"id\": \"ord-2026-17\"}"}])),
            call(2, "refund", json!({"order": "ord-2026-17"}), json!("Refunded ord-2026-17 as ref-9911-x")),
            call(3, "look", json!({"refund": "ref-9911-x"}), json!(null)),
        ];
        assert_eq!(
            links(&tool),
            ["1 /0/text (/id in its JSON) -> 2 /order: ord-2026-17", "2 body (in its text) -> 3 /refund: ref-9911-x"]
        );
    }

    #[test]
    fn headers_lead_to_headers_and_places() {
        let created = with_header(post(1, "/orders", &json!({}), &json!(null)), "location", "https://h/orders/8812345");
        let tagged = with_header(get(2, "/orders/8812345", &json!({})), "etag", "W/\"1795168456738\"");
        let matched = asked_with_header(get(3, "/orders/8812345", &json!({})), "if-match", "\"1795168456738\"");
        assert_eq!(
            links(&[created, tagged, matched]),
            [
                "1 header `location` -> 2 path segment 3: 8812345",
                "1 header `location` -> 3 path segment 3: 8812345",
                "2 header `etag` -> 3 header `if-match`: 1795168456738"
            ]
        );
    }

    #[test]
    fn what_was_taken_out_of_the_recording_links_nothing() {
        let recording = [
            get(1, "/login", &json!({"token": "[redacted]", "session": "Bearer [redacted]"})),
            asked_with_header(get(2, "/x?token=[redacted]", &json!({})), "authorization", "Bearer [redacted]"),
        ];
        assert_eq!(links(&recording), [] as [&str; 0]);
    }

    #[test]
    fn a_conversation_is_followed_from_tool_to_model_to_request_and_told_once() {
        let user = json!({"role": "user", "content": "Refund the order of Ada, please."});
        let find = json!({"id": "call_1aB2c3D4e5", "function": {"name": "find", "arguments": "{\"q\": \"Ada\"}"}});
        let refund = json!({"id": "call_2zY8x7W6v5", "function": {"name": "refund", "arguments": "{\"order\": \"ord-2026-17\"}"}});
        let says = |call: &Value| json!({"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]});
        let first = json!({"model": "m", "messages": [user]});
        let told = json!({"role": "tool", "tool_call_id": "call_1aB2c3D4e5", "content": "{\"id\": \"ord-2026-17\"}"});
        let second = json!({"model": "m", "messages": [user, {"role": "assistant", "tool_calls": [find]}, told]});
        let third = json!({"model": "m", "messages": [user, {"role": "assistant", "tool_calls": [find]}, told,
            {"role": "assistant", "tool_calls": [refund]}, {"role": "tool", "tool_call_id": "call_2zY8x7W6v5", "content": "done"}]});
        let recording = [
            post(1, "/v1/chat/completions", &first, &says(&find)),
            get(2, "/orders?q=Ada", &json!({"id": "ord-2026-17"})),
            post(3, "/v1/chat/completions", &second, &says(&refund)),
            post(4, "/orders/ord-2026-17/refunds", &json!({}), &json!({})),
            post(5, "/v1/chat/completions", &third, &json!({"choices": []})),
        ];
        let of_order: Vec<_> = links(&recording).into_iter().filter(|link| link.ends_with("ord-2026-17")).collect();
        assert_eq!(
            of_order,
            [
                "2 /id -> 3 /messages/2/content (/id in its JSON): ord-2026-17",
                "3 /choices/0/message/tool_calls/0/function/arguments (/order in its JSON) -> 4 path segment 3: ord-2026-17"
            ]
        );
    }

    #[test]
    fn a_tool_call_in_a_stream_leads_to_the_request() {
        let asked = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": true});
        let mut recording =
            [post(1, "/v1/chat/completions", &asked, &json!(null)), get(2, "/orders/ord-2026-17", &json!({}))];
        let stream = concat!(
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\"}}]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"id\\\":\\\"ord-20\"}}]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"26-17\\\"}\"}}]}}]}\n\n",
            "data: [DONE]\n\n",
        );
        set_text(&mut recording[0], stream);
        assert_eq!(links(&recording), ["1 tool call 1 /id -> 2 path segment 3: ord-2026-17"]);
    }
}
