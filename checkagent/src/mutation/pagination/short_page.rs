//! A page has fewer items than were asked for.

use std::ops::Range;

use super::pages::{Chain, chains};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A page that is not full, in the middle of a list. See [`short_page`].
#[derive(Clone, Debug)]
pub struct ShortPage;

/// A page in the middle has fewer items than asked for, with the token of the next page as ever; the items that it
/// lacks come first on the pages after it.
///
/// Nothing is lost and the order stays: a client that goes on until the service says that it is the end gets the same
/// list. One that takes a page which is not full for the last one does not.
#[must_use]
pub fn short_page() -> ShortPage {
    ShortPage
}

impl Operator for ShortPage {
    fn id(&self) -> &'static str {
        "short_page"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A page in the middle has fewer items than asked for; those that it lacks come first on the next page.",
            seen: "Google, DynamoDB, S3, Slack: filters after the page was cut, limits of bytes instead of items",
            source: "aip.dev/158; DynamoDB ScanOutput.LastEvaluatedKey; slack_web_openapi_v2: `limit` is advisory",
            sites: "every page of at least two items that leads on to another, where no service counts positions",
            good: "goes on until the end signal, not until a page is not full",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        sites_with(recording, 2)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        moved(site, recording, |chain, position| {
            let length = chain.ranges[position].len();
            let room = chain.fullest().saturating_sub(chain.ranges.last().map_or(0, Range::len)).max(1);
            length - (length / 2).min(room)
        })
    }
}

/// Pages with at least so many items that lead on to another, and may lose items to it.
pub(super) fn sites_with(recording: &Recording, least: usize) -> Vec<Site> {
    let mut sites = Vec::new();
    for chain in chains(recording).iter().filter(|chain| !chain.counts_positions()) {
        let pages = chain.numbers.iter().zip(&chain.ranges).enumerate().take(chain.links.len());
        let movable = chain.movable();
        let fit = pages.filter(|(position, (_, range))| {
            range.len() >= least && movable[*position] && chain.sources[*position].is_some()
        });
        sites.extend(fit.map(|(_, (number, _))| Site::at(*number).pointer(chain.list.clone()).rank(90)));
    }
    sites
}

/// The page of the site keeps as many items as `keeps` says; the others move on, and no page but the last gets more
/// than the fullest had.
pub(super) fn moved(site: &Site, recording: &Recording, keeps: impl Fn(&Chain<'_>, usize) -> usize) -> Bend {
    let chains = chains(recording);
    let found = chains.iter().find_map(|chain| Some((chain, chain.position(site.interaction)?)));
    let Some((chain, position)) = found else { return Bend::All(Vec::new()) };
    let start = chain.ranges[position].start;
    let mut end = start + keeps(chain, position);
    let mut ranges: Vec<Range<usize>> = std::iter::once(start..end).collect();
    let last = chain.ranges.len() - 1;
    for (later, old) in chain.ranges.iter().enumerate().skip(position + 1) {
        let full = if later == last { old.end } else { old.end.min(end + chain.fullest()) };
        ranges.push(end..full);
        end = full;
    }
    chain.laid_out(position, &ranges)
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
            Pages::of(&[4, 4, 1]),
            Pages { counted: true, total: true, ..Pages::of(&[3, 3, 3, 2]) },
            Pages { token: Token::Link, ..Pages::of(&[2, 2]) },
            Pages { token: Token::Number, ..Pages::of(&[3, 3, 1]) },
        ] {
            let recording = pages.recording();
            let sites = short_page().sites(&recording);
            assert_eq!(sites.len(), pages.sizes.len() - 1);
            for site in &sites {
                let (bent, plain) = (read_at(&recording, short_page(), site), undisturbed(&recording));
                assert!(bent.ended);
                assert_eq!(bent.ids(), plain.ids(), "{site}");
                assert_ne!(bent.pages, plain.pages, "{site}");
            }
        }
    }

    #[test]
    fn counts_of_the_page_are_right_and_no_page_is_fuller_than_the_fullest() {
        let recording = Pages { counted: true, ..Pages::of(&[4, 4, 2]) }.recording();
        let read = read_at(&recording, short_page(), &short_page().sites(&recording)[0]);
        let sizes: Vec<_> = read.pages.iter().map(|page| page["data"].as_array().map_or(0, Vec::len)).collect();
        assert_eq!(sizes, [2, 4, 4]);
        assert!(read.pages.iter().zip(&sizes).all(|(page, size)| page["count"] == json!(size)));
    }

    #[test]
    fn the_last_page_and_pages_that_are_counted_by_position_are_left_alone() {
        assert!(short_page().sites(&Pages::of(&[4]).recording()).is_empty());
        let page = |start: usize, next: &str| json!({"data": [{"n": start}, {"n": start + 1}], "startAt": start, "next": next});
        let counted = recording_of(vec![
            taped("GET", "/a").reply(&page(0, "tok-4711")),
            taped("GET", "/a?t=tok-4711").reply(&page(2, "")),
        ]);
        assert!(short_page().sites(&counted).is_empty());
    }

    #[test]
    fn pages_that_are_written_somewhere_one_by_one_are_left_alone() {
        let page = |n: usize, next: &str| json!({"data": [{"n": n}, {"n": n + 1}], "next": next});
        let pages = |between: &serde_json::Value| {
            recording_of(vec![
                taped("GET", "/a").reply(&page(0, "tok-4711")),
                taped("POST", "/b").body(between),
                taped("GET", "/a?t=tok-4711").reply(&page(2, "")),
            ])
        };
        assert!(short_page().sites(&pages(&json!({"rows": [0, 1]}))).is_empty());
        assert_eq!(short_page().sites(&pages(&json!({"row": 0}))).len(), 1);
    }

    #[test]
    fn it_is_delivered() {
        let ledger = delivered(&Pages::of(&[2, 2]).recording(), short_page);
        assert_eq!(ledger.bent_calls().count(), 2);
    }
}
