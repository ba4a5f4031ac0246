//! Pages that were offered, and that nobody asked for.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::index::{Brought, Index, ValueId};
use super::links::Flow;
use super::pages::Paging;
use super::spots::{Kind, Spot};
use crate::analysis::place::{Part, Place};
use crate::analysis::url::{Piece, pieces, urls};
use crate::format::Interaction;
use crate::json::{Pointer, leaves};

/// A page that a reply offered, and that no request asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfollowed {
    /// Number of the interaction whose reply offered it.
    pub interaction: usize,
    /// Where: the token, the link, or what says that there is more.
    pub place: Place,
    /// What stands there.
    pub value: String,
}

/// Names of tokens and links to the next page, in lower case and without punctuation: of AWS, Google, Slack, Notion,
/// MCP, DynamoDB, `OData`, Salesforce and those that do as they do.
const NEXT: [&str; 14] = [
    "nexttoken",
    "nextpagetoken",
    "nextcursor",
    "nextmarker",
    "nextcontinuationtoken",
    "lastevaluatedkey",
    "odatanextlink",
    "nextlink",
    "nextrecordsurl",
    "nextpage",
    "nextpageurl",
    "nexturl",
    "nexthref",
    "scrollid",
];
/// Names of flags that say that there is more.
const MORE: [&str; 5] = ["hasmore", "istruncated", "hasnextpage", "hasnext", "morerecords"];
/// Names of flags that say that there is not.
const NO_MORE: [&str; 2] = ["islast", "islastpage"];

impl Flow {
    /// The pages that replies with a list offered and nobody asked for, one for each reply at most.
    ///
    /// Known are the places where other replies of the same endpoint had a token that was followed, and the names
    /// that large services use for tokens, links and flags.
    #[must_use]
    pub fn unfollowed(&self, interactions: &[Interaction]) -> Vec<Unfollowed> {
        let paging = Paging::of(&self.index, interactions);
        let pages = paging.all();
        let followed: HashSet<usize> = pages.iter().map(|page| page.from).collect();
        let spots = &self.index.spots;
        let mut token_places: HashMap<usize, Vec<Spot>> = HashMap::new();
        for page in &pages {
            let source = page.source.filter(|spot| spots.item(*spot).is_none() && !is_link_header(&self.index, *spot));
            for at in [page.from, page.to] {
                token_places.entry(paging.endpoint(at)).or_default().extend(source);
            }
        }
        let mut unfollowed = Vec::new();
        for (at, interaction) in interactions.iter().enumerate() {
            let Some(exchange) = self.index.exchanges.get(at) else { continue };
            if followed.contains(&at)
                || exchange.asks_a_model
                || !exchange.success
                || self.index.main_list(at).is_none()
            {
                continue;
            }
            let known = token_places.get(&paging.endpoint(at)).map(Vec::as_slice).unwrap_or_default();
            let document = interaction.reply.json();
            let offered = || self.at_known_place(at, known, document.as_ref());
            let linked = || self.in_link_header(interaction);
            let named = || document.as_ref().and_then(|document| self.named(at, document));
            if let Some((place, value)) = offered().or_else(linked).or_else(named) {
                unfollowed.push(Unfollowed { interaction: interaction.number, place, value });
            }
        }
        unfollowed
    }

    fn at_known_place(&self, at: usize, known: &[Spot], document: Option<&Value>) -> Option<(Place, String)> {
        let is_token = |leaf: &&Brought| known.contains(&leaf.spot) && !self.is_asked(leaf.value);
        let leaf = self.index.brought(at).iter().find(is_token)?;
        let place = self.index.spots.place(leaf.spot);
        let value = match (&place, document) {
            (Place::Body(pointer, _), Some(document)) => {
                pointer.resolve(document).first().map(|(_, value)| shown(value)).unwrap_or_default()
            }
            _ => String::new(),
        };
        Some((place, value))
    }

    fn in_link_header(&self, interaction: &Interaction) -> Option<(Place, String)> {
        let (_, header) = interaction.reply.headers().iter().find(|(name, _)| *name == "link")?;
        let next = header.split('<').filter_map(|link| link.split_once('>')).find(|(_, parameters)| {
            let parameters = parameters.to_ascii_lowercase();
            parameters.contains("rel=\"next\"") || parameters.contains("rel=next")
        })?;
        let place = Place::Header("link".to_owned(), Some(Part::Target));
        (!self.is_followed(next.0)).then(|| (place, next.0.to_owned()))
    }

    /// What a name says, beside the list: tokens first, then flags.
    fn named(&self, at: usize, document: &Value) -> Option<(Place, String)> {
        let lists: Vec<Pointer> = self.index.lists(at).iter().filter_map(|list| self.pointer(list.spot)).collect();
        let (mut token, mut flag) = (key_of_table(document), None);
        leaves(document, &mut |pointer, value| {
            if lists.iter().any(|list| list.covers(pointer)) {
                return;
            }
            let Some(name) = pointer.field().map(plain) else { return };
            let says_more = (MORE.contains(&name.as_str()) && *value == Value::Bool(true))
                || (NO_MORE.contains(&name.as_str()) && *value == Value::Bool(false));
            if says_more {
                flag.get_or_insert_with(|| (Place::Body(pointer.clone(), None), shown(value)));
            }
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return };
            let is_link = || urls(text).next().is_some() && is_below_next(pointer);
            let is_token = NEXT.contains(&name.as_str()) || is_link() || (name == "after" && is_below_next(pointer));
            if is_token && !self.is_followed(text) {
                token.get_or_insert_with(|| (Place::Body(pointer.clone(), None), text.to_owned()));
            }
        });
        token.or(flag)
    }

    fn pointer(&self, spot: Spot) -> Option<Pointer> {
        match self.index.spots.place(spot) {
            Place::Body(pointer, None) => Some(pointer),
            _ => None,
        }
    }

    /// Whether some request had the token, or went where the link leads.
    fn is_followed(&self, text: &str) -> bool {
        let is_asked = |text: &str| self.index.find(text).is_some_and(|value| self.is_asked(value));
        let mut followed = is_asked(text);
        for url in urls(text) {
            pieces(url, &mut |piece, text| {
                followed |= matches!(piece, Piece::Target | Piece::Location) && is_asked(&text);
            });
        }
        followed
    }

    fn is_asked(&self, value: ValueId) -> bool {
        self.index.known(value).asked
    }
}

/// The key of a table, which is an object.
fn key_of_table(document: &Value) -> Option<(Place, String)> {
    let is_key = |name: &str, key: &Value| {
        plain(name) == "lastevaluatedkey" && key.as_object().is_some_and(|key| !key.is_empty())
    };
    let (name, key) = document.as_object()?.iter().find(|(name, key)| is_key(name, key))?;
    Some((Place::Body(Pointer::root().key(name), None), key.to_string()))
}

fn is_link_header(index: &Index, spot: Spot) -> bool {
    let step = index.spots.part_of_message(spot);
    step.kind == Kind::Header && index.spots.name(step.number) == "link"
}

fn is_below_next(pointer: &Pointer) -> bool {
    pointer.steps().iter().any(|step| matches!(step, crate::json::Step::Key(key) if plain(key) == "next"))
}

/// A name as it is compared: `@odata.nextLink` is `odatanextlink`.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{get, with_header};
    use super::*;

    fn unfollowed(recording: &[Interaction]) -> Vec<(usize, String, String)> {
        let found = Flow::of(recording).unfollowed(recording);
        found.into_iter().map(|each| (each.interaction, each.place.to_string(), each.value)).collect()
    }

    #[test]
    fn a_token_where_another_page_had_a_followed_one_is_told() {
        let page = |next: &str| json!({"items": [{"x": next}], "weiter": next});
        let recording = [get(1, "/items", &page("tok-4711-a")), get(2, "/items?seite=tok-4711-a", &page("tok-4712-b"))];
        assert_eq!(unfollowed(&recording), [(2, "/weiter".to_owned(), "tok-4712-b".to_owned())]);
        let ended = [
            get(1, "/items", &page("tok-4711-a")),
            get(2, "/items?seite=tok-4711-a", &json!({"items": [{"x": 2}], "weiter": null})),
        ];
        assert_eq!(unfollowed(&ended), []);
    }

    #[test]
    fn the_signals_of_large_services_are_known() {
        let signals = [
            (json!({"files": [1], "nextPageToken": "tok-1"}), "/nextPageToken"),
            (json!({"members": [1], "response_metadata": {"next_cursor": "c"}}), "/response_metadata/next_cursor"),
            (json!({"data": [1], "has_more": true}), "/has_more"),
            (json!({"Keys": [1], "IsTruncated": true}), "/IsTruncated"),
            (json!({"value": [1], "@odata.nextLink": "https://g.example/x?$skiptoken=1"}), "/@odata.nextLink"),
            (json!({"records": [1], "done": false, "nextRecordsUrl": "/query/01g-2000"}), "/nextRecordsUrl"),
            (json!({"Items": [1], "LastEvaluatedKey": {"id": {"S": "a"}}}), "/LastEvaluatedKey"),
            (json!({"results": [1], "paging": {"next": {"after": "100"}}}), "/paging/next/after"),
            (json!({"issues": [1], "isLast": false}), "/isLast"),
            (json!({"items": [1], "links": {"next": "/items?page=2"}}), "/links/next"),
        ];
        for (reply, place) in signals {
            let found = unfollowed(&[get(1, "/x", &reply)]);
            assert_eq!(found.len(), 1, "{reply}");
            assert_eq!(found[0].1, place);
        }
    }

    #[test]
    fn the_end_of_a_list_is_no_signal() {
        let ends = [
            json!({"files": [1], "nextPageToken": ""}),
            json!({"files": [1], "next_cursor": null, "has_more": false}),
            json!({"items": [{"has_more": true, "next_cursor": "tok-1"}]}),
            json!({"record": {"next_cursor": "tok-1"}}),
            json!({"issues": [1], "isLast": true}),
            json!({"Items": [1], "LastEvaluatedKey": {}}),
        ];
        for reply in ends {
            assert_eq!(unfollowed(&[get(1, "/x", &reply)]), [], "{reply}");
        }
    }

    #[test]
    fn a_link_header_is_told_until_it_is_followed() {
        let link = "<https://h/items?page=2>; rel=\"next\", <https://h/items?page=9>; rel=\"last\"";
        let first = with_header(get(1, "/items", &json!([{"x": 1}])), "link", link);
        let second =
            with_header(get(2, "/items?page=2", &json!([{"x": 2}])), "link", "<https://h/items?page=1>; rel=\"first\"");
        assert_eq!(unfollowed(std::slice::from_ref(&first)).len(), 1);
        assert_eq!(unfollowed(&[first, second]), []);
    }
}
