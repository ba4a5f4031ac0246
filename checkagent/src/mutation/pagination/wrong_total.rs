//! The number of all items is not the number of items.

use checkagent_cassette::analysis::Place;
use checkagent_cassette::json::Edit;

use super::pages::{always, chains};
use crate::mutation::bend::{Bend, Rewrite};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{Recording, name_of};

const BEHIND: &str = "behind";
const ESTIMATED: &str = "estimated";

/// A total that lags behind or is estimated. See [`wrong_total`].
#[derive(Clone, Debug)]
pub struct WrongTotal;

/// The total beside a list that is read to its end is too small (a count that lags behind) or too great (an estimate);
/// all pages say the same.
///
/// Evident: the pages hold another number of items. A client that reads until it has as many as the total says stops
/// early or never.
#[must_use]
pub fn wrong_total() -> WrongTotal {
    WrongTotal
}

impl Operator for WrongTotal {
    fn id(&self) -> &'static str {
        "wrong_total"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The total beside a list is too small or too great, on all its pages alike.",
            seen: "Google Retail: totalSize is estimated; Kit: totals are off for minutes after a write",
            source: "googleapis retail_v2 GoogleCloudRetailV2SearchResponse; developers.kit.com eventual-consistency",
            sites: "every list in pages with a total that is the number of its items",
            good: "goes on until the end signal, and reports what it counted itself",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for chain in chains(recording) {
            let Some(place) = totals(recording, &chain.numbers, chain.items()).next() else { continue };
            let reason =
                format!("the pages hold {} items, and `{}` says another number", chain.items(), name_of(place));
            let site = Site::at(chain.numbers[0]).lie(Lie::Evident(reason)).rank(60);
            sites.extend([BEHIND, ESTIMATED].map(|variant| site.clone().variant(variant)));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let chains = chains(recording);
        let Some(chain) = chains.iter().find(|chain| chain.numbers[0] == site.interaction) else {
            return Bend::All(Vec::new());
        };
        let items = chain.items();
        let wrong =
            if site.variant == Some(BEHIND) { chain.ranges[0].len().min(items - 1) } else { items / 10 * 10 + 10 };
        let mut rewrite = Rewrite::default();
        for place in totals(recording, &chain.numbers, items) {
            match place {
                Place::Header(name, _) => rewrite = rewrite.header(name, Some(&wrong.to_string())),
                Place::Body(at, _) => rewrite.edits.push(Edit::Set { at: at.clone(), value: wrong.into() }),
                _ => {}
            }
        }
        Bend::All(chain.numbers.iter().flat_map(|number| always(recording, *number, &rewrite)).collect())
    }
}

/// Where a number stands on all pages that is the number of their items, by its name too.
fn totals<'r>(recording: &'r Recording, pages: &[usize], items: usize) -> impl Iterator<Item = &'r Place> {
    let lists = recording.lists();
    let everywhere =
        move |place: &Place| pages.iter().all(|page| lists.reply(*page).number(place) == u64::try_from(items).ok());
    let counts = pages.first().map(|page| lists.reply(*page).counts()).into_iter().flatten();
    counts.map(|(place, _)| place).filter(move |place| items > 1 && everywhere(place)).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader::{Pages, read_at, undisturbed};
    use super::*;
    use crate::fixture::{delivered, recording_of, taped};

    #[test]
    fn all_pages_say_the_same_wrong_number_and_have_all_items() {
        let recording = Pages { total: true, ..Pages::of(&[3, 3, 1]) }.recording();
        let totals = wrong_total().sites(&recording).into_iter().map(|site| {
            let read = read_at(&recording, wrong_total(), &site);
            assert_eq!(read.ids(), undisturbed(&recording).ids());
            read.pages.iter().map(|page| page["total"].as_u64().unwrap_or_default()).collect::<Vec<_>>()
        });
        assert_eq!(totals.collect::<Vec<_>>(), [[3; 3], [10; 3]]);
    }

    #[test]
    fn a_total_in_a_header_is_one_too() {
        let recording = recording_of(vec![
            taped("GET", "/a").reply(&json!({"d": [1], "next": "tok-4711"})).reply_header("x-total-count", "2"),
            taped("GET", "/a?t=tok-4711").reply(&json!({"d": [2]})).reply_header("x-total-count", "2"),
        ]);
        let mut session = crate::fixture::Session::first(&recording, wrong_total());
        assert!(format!("{:?}", session.again(1)).contains(r#"("x-total-count", "1")"#));
    }

    #[test]
    fn a_total_of_a_list_that_was_not_read_to_its_end_is_left_alone() {
        let page = |n: u32, next: &str| json!({"d": [n], "next": next, "total": 40});
        let recording = recording_of(vec![
            taped("GET", "/a").reply(&page(1, "tok-4711")),
            taped("GET", "/a?t=tok-4711").reply(&page(2, "tok-4712")),
        ]);
        assert!(wrong_total().sites(&recording).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let recording = Pages { total: true, ..Pages::of(&[2, 2]) }.recording();
        assert_eq!(delivered(&recording, wrong_total).bent_calls().count(), 2);
    }
}
