//! A page in the middle has no items.

use super::short_page::{moved, sites_with};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A page without items, and with the token of the next one. See [`empty_page`].
#[derive(Clone, Debug)]
pub struct EmptyPage;

/// A page in the middle has no items at all, with the token of the next page as ever; its items come first on the
/// pages after it.
///
/// Nothing is lost and the order stays: a client that goes on until the service says that it is the end gets the same
/// list. For a list whose items are gone, see [`empty_list`](crate::mutation::empty_list).
#[must_use]
pub fn empty_page() -> EmptyPage {
    EmptyPage
}

impl Operator for EmptyPage {
    fn id(&self) -> &'static str {
        "empty_page"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A page in the middle has no items and the token of the next page; its items come first there.",
            seen: "Google, DynamoDB: a scan that found nothing in its share of the data before it was cut",
            source: "aip.dev/158: zero items with a token are legal; DynamoDB ScanOutput.LastEvaluatedKey",
            sites: "every page that leads on to another, where no service counts positions",
            good: "goes on: only a missing or empty token is the end",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        sites_with(recording, 1)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        moved(site, recording, |_, _| 0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader::{Pages, Token, read_at, undisturbed};
    use super::*;
    use crate::fixture::{delivered, recording_of, taped};

    #[test]
    fn an_obedient_reader_gets_the_same_items_in_the_same_order() {
        for pages in [
            Pages { counted: true, ..Pages::of(&[4, 4, 1]) },
            Pages { token: Token::Link, total: true, ..Pages::of(&[1, 3, 2, 0]) },
        ] {
            let recording = pages.recording();
            let sites = empty_page().sites(&recording);
            assert_eq!(sites.len(), pages.sizes.len() - 1);
            for (position, site) in sites.iter().enumerate() {
                let bent = read_at(&recording, empty_page(), site);
                assert!(bent.ended);
                assert_eq!(bent.ids(), undisturbed(&recording).ids(), "{site}");
                assert_eq!(bent.pages[position]["data"], json!([]));
            }
        }
    }

    #[test]
    fn a_page_that_is_read_again_is_still_empty() {
        let recording = Pages::of(&[2, 1]).recording();
        let mut session = crate::fixture::Session::first(&recording, empty_page());
        let pages = [session.get("/items?limit=9"), session.get("/items?limit=9")];
        assert!(pages.iter().all(|page| page["data"] == json!([]) && page["next"] == "tok1-4711"));
    }

    #[test]
    fn the_last_page_and_cursors_that_are_items_are_left_alone() {
        assert!(empty_page().sites(&Pages::of(&[4]).recording()).is_empty());
        let by_item = recording_of(vec![
            taped("GET", "/a").reply(&json!({"data": [{"id": "cus_4711aa"}], "has_more": true})),
            taped("GET", "/a?starting_after=cus_4711aa").reply(&json!({"data": [{"id": "cus_4712aa"}]})),
        ]);
        assert!(empty_page().sites(&by_item).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let ledger = delivered(&Pages::of(&[2, 2]).recording(), empty_page);
        assert_eq!(ledger.bent_calls().count(), 2);
    }
}
