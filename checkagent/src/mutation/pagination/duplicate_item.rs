//! The last item of a page comes again on the next one.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::Value;

use super::pages::{Chain, chains};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// So few items may differ everywhere by chance.
const TELLING: usize = 4;

/// An item that is on two pages. See [`duplicate_item`].
#[derive(Clone, Debug)]
pub struct DuplicateItem;

/// The last item of a page comes again as the first of the next one, and all later items come one place later: what
/// happens where pages are cut by position and an item was added in front meanwhile.
///
/// Evident where the items have ids that nowhere else in the list come twice.
#[must_use]
pub fn duplicate_item() -> DuplicateItem {
    DuplicateItem
}

impl Operator for DuplicateItem {
    fn id(&self) -> &'static str {
        "duplicate_item"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The last item of a page comes again as the first of the next page.",
            seen: "services that cut pages by position, while somebody adds items; Druid's page offsets",
            source: "taskcluster#3278; apache/druid#4558",
            sites: "every page after the first",
            good: "counts each id once, and sends no effect twice",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for chain in chains(recording) {
            let lie = Lie::evident_if(
                unique_member(&chain.whole())
                    .map(|name| format!("`{name}` tells the items apart, and the same one comes twice")),
            );
            let borders = shifted(&chain).filter(|position| !chain.ranges[position - 1].is_empty());
            sites.extend(borders.map(|position| site(&chain, position, lie.clone())));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        shift(site, recording, |position| position.saturating_sub(1))
    }
}

/// The pages of a chain at whose beginning items may be shifted. What is done with the page before counts too: most
/// agents do the same with each page.
pub(super) fn shifted(chain: &Chain<'_>) -> impl Iterator<Item = usize> + use<> {
    let movable = chain.movable();
    (1..chain.numbers.len()).filter(move |position| movable[position - 1])
}

pub(super) fn site(chain: &Chain<'_>, position: usize, lie: Lie) -> Site {
    Site::at(chain.numbers[position]).pointer(chain.list.clone()).lie(lie).rank(85)
}

/// The items from the site's page on stand one place elsewhere: `start` says where a page starts that started there.
/// The last page ends with the list.
pub(super) fn shift(site: &Site, recording: &Recording, start: impl Fn(usize) -> usize) -> Bend {
    let chains = chains(recording);
    let found = chains.iter().find_map(|chain| Some((chain, chain.position(site.interaction)?)));
    let Some((chain, first)) = found else { return Bend::All(Vec::new()) };
    let later = &chain.ranges[first..];
    let starts = later.iter().map(|range| start(range.start).min(chain.items())).collect::<Vec<_>>();
    let ends = starts.iter().copied().skip(1).chain([chain.items()]);
    let ranges: Vec<Range<usize>> = starts.iter().zip(ends).map(|(start, end)| *start..end).collect();
    chain.laid_out(first, &ranges)
}

/// The member that is another one in each item, and whose name says that it names it.
fn unique_member(items: &[Value]) -> Option<&str> {
    let members = items.first()?.as_object()?;
    let names = members.keys().filter(|name| items.len() >= TELLING || name.eq_ignore_ascii_case("id"));
    let unique = |name: &&String| {
        let mut seen = HashSet::new();
        items.iter().all(|item| match item.get(name.as_str()) {
            Some(Value::String(text)) if !text.is_empty() => seen.insert(text.clone()),
            Some(Value::Number(number)) if !number.is_f64() => seen.insert(number.to_string()),
            _ => false,
        })
    };
    names.filter(|name| names_items(name)).find(unique).map(String::as_str)
}

fn names_items(name: &str) -> bool {
    const NAMES: [&str; 14] =
        ["id", "_id", "key", "uuid", "guid", "gid", "sku", "arn", "slug", "number", "oid", "sha", "url", "href"];
    let lower = name.to_ascii_lowercase();
    NAMES.contains(&lower.as_str()) || lower.ends_with("_id") || name.ends_with("Id") || name.ends_with("ID")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader::{Pages, read_at, undisturbed};
    use super::*;
    use crate::fixture::{delivered, recording_of, taped};

    #[test]
    fn the_last_item_comes_again_and_nothing_is_lost() {
        let recording = Pages { counted: true, ..Pages::of(&[3, 3, 2]) }.recording();
        let sites = duplicate_item().sites(&recording);
        assert_eq!(sites.iter().map(|site| site.interaction).collect::<Vec<_>>(), [2, 3]);
        let read = read_at(&recording, duplicate_item(), &sites[0]);
        assert_eq!(read.ids(), ["it-0", "it-1", "it-2", "it-2", "it-3", "it-4", "it-5", "it-6", "it-7"]);
        assert_eq!(read.pages[2]["count"], json!(3));
        let mut once = read.ids();
        once.dedup();
        assert_eq!(once, undisturbed(&recording).ids());
    }

    #[test]
    fn it_is_evident_where_items_have_ids_of_their_own() {
        let lie = |name: &str, second: &str| {
            let page = |ids: [&str; 2], next: &str| {
                let items: Vec<_> = ids.iter().map(|id| json!({ name: id })).collect();
                json!({"data": items, "next": next})
            };
            let recording = recording_of(vec![
                taped("GET", "/a").reply(&page(["r1", "r2"], "tok-4711")),
                taped("GET", "/a?t=tok-4711").reply(&page([second, "r4"], "")),
            ]);
            duplicate_item().sites(&recording)[0].lie.clone()
        };
        assert!(matches!(lie("id", "r3"), Lie::Evident(reason) if reason.contains("`id`")));
        assert!(matches!(lie("id", "r1"), Lie::Plausible(_)));
        assert!(matches!(lie("colour", "r3"), Lie::Plausible(_)));
    }

    #[test]
    fn a_list_on_one_page_and_pages_that_are_written_somewhere_as_a_whole_are_left_alone() {
        assert!(duplicate_item().sites(&Pages::of(&[4]).recording()).is_empty());
        let mut pages = Pages::of(&[2, 2]).taped();
        pages.insert(1, taped("POST", "/copies").body(&json!([{"id": "it-0"}, {"id": "it-1"}])));
        assert!(duplicate_item().sites(&recording_of(pages)).is_empty());
    }

    #[test]
    fn pages_that_are_counted_by_position_are_those_that_drift() {
        let page = |start: usize, next: &str| json!({"d": [start, start + 1], "startAt": start, "next": next});
        let recording = recording_of(vec![
            taped("GET", "/a").reply(&page(0, "tok-4711")),
            taped("GET", "/a?t=tok-4711").reply(&page(2, "")),
        ]);
        let mut session = crate::fixture::Session::first(&recording, duplicate_item());
        assert_eq!(session.get("/a?t=tok-4711"), json!({"d": [1, 2, 3], "startAt": 2, "next": ""}));
    }

    #[test]
    fn pages_that_the_client_counts_drift_as_well() {
        let page = |start: usize| {
            let target = format!("/rows?offset={start}&limit=2");
            taped("GET", &target).reply(&json!({"d": [{"id": start}, {"id": start + 1}]}))
        };
        let recording = recording_of(vec![page(0), page(2), page(4)]);
        let mut session = crate::fixture::Session::first(&recording, duplicate_item());
        let ids = [0, 2, 4].map(|start| session.get(&format!("/rows?offset={start}&limit=2"))["d"][0]["id"].clone());
        assert_eq!(ids, [json!(0), json!(1), json!(3)]);
        assert!(super::super::short_page::short_page().sites(&recording).is_empty());
        assert!(super::super::cursor_loop::cursor_loop().sites(&recording).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&Pages::of(&[2, 2]).recording(), duplicate_item).bent_calls().count(), 1);
    }
}
