//! An item is on no page.

use super::duplicate_item::{shift, shifted, site};
use super::pages::chains;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// An item that was shifted out at the border of two pages. See [`missing_item`].
#[derive(Clone, Debug)]
pub struct MissingItem;

/// The first item of a page is on none, and all later items come one place earlier: what happens where pages are cut
/// by position and an item in front was taken away meanwhile.
///
/// Evident where a count contradicts it, else plausible.
#[must_use]
pub fn missing_item() -> MissingItem {
    MissingItem
}

impl Operator for MissingItem {
    fn id(&self) -> &'static str {
        "missing_item"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The first item of a page is on no page; all later items come one place earlier.",
            seen: "services that cut pages by position, while somebody takes items away",
            source: "taskcluster#3278",
            sites: "every page after the first that has items",
            good: "compares the number of items with the count that the service gives, and says so where they differ",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for chain in chains(recording) {
            let lie = Lie::evident_if(recording.lists().told(recording, chain.numbers[0], chain.items()));
            let borders = shifted(&chain).filter(|position| !chain.ranges[*position].is_empty());
            sites.extend(borders.map(|position| site(&chain, position, lie.clone())));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        shift(site, recording, |position| position + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Pages, read_at};
    use super::*;
    use crate::fixture::delivered;

    #[test]
    fn one_item_is_lost_at_the_border_and_the_others_keep_their_order() {
        let recording = Pages { counted: true, ..Pages::of(&[3, 3, 1]) }.recording();
        let read = read_at(&recording, missing_item(), &missing_item().sites(&recording)[0]);
        assert!(read.ended);
        assert_eq!(read.ids(), ["it-0", "it-1", "it-2", "it-4", "it-5", "it-6"]);
        let counts: Vec<_> = read.pages.iter().map(|page| page["count"].as_u64()).collect();
        assert_eq!(counts, [Some(3), Some(3), Some(0)]);
    }

    #[test]
    fn it_is_evident_where_the_service_says_how_many_there_are() {
        let lie = |pages: Pages| missing_item().sites(&pages.recording())[0].lie.clone();
        assert!(matches!(lie(Pages { total: true, ..Pages::of(&[3, 2]) }), Lie::Evident(_)));
        assert!(matches!(lie(Pages::of(&[3, 2])), Lie::Plausible(_)));
    }

    #[test]
    fn an_empty_last_page_has_nothing_to_lose() {
        assert!(missing_item().sites(&Pages::of(&[3, 0]).recording()).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&Pages::of(&[2, 2]).recording(), missing_item).bent_calls().count(), 1);
    }
}
