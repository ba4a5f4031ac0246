//! The truth value that says whether there is more contradicts the token.

use checkagent_cassette::json::Edit;

use super::pages::{Chain, chains};
use crate::mutation::bend::{Bend, Rewrite};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

const ENDS_EARLY: &str = "ends_early";
const NEVER_ENDS: &str = "never_ends";

/// `has_more` and the token say different things. See [`has_more_contradicts`].
#[derive(Clone, Debug)]
pub struct HasMoreContradicts;

/// A page in the middle says that there is no more, beside the token of the next page; or the last page says that
/// there is more, and has no token.
///
/// The truth value is found by what it does: it differs between the last page and all others. Where the recording does
/// not have the last page, its name has to say it (`has_more`, `isLast`, `done`).
#[must_use]
pub fn has_more_contradicts() -> HasMoreContradicts {
    HasMoreContradicts
}

impl Operator for HasMoreContradicts {
    fn id(&self) -> &'static str {
        "has_more_contradicts"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "`has_more` says the opposite of the token.",
            seen: "Notion: has_more false beside a next_cursor; GraphQL servers: hasNextPage without an endCursor",
            source: "makenotion/lore#35; zerocracy/judges-action#2142",
            sites: "every page with a truth value that differs between the last page and the others",
            good: "does not claim a complete list where the two differ; does not begin anew without a token",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for chain in chains(recording) {
            // Without a token there is nothing to contradict.
            let tokens = chain.sources.iter().all(Option::is_some);
            let Some((at, more)) = chain.switch().filter(|_| tokens) else { continue };
            let name = at.field().unwrap_or_default();
            let last = chain.links.len();
            let ended = recording.lists().reply(chain.numbers[last]).switch(at) == Some(!more);
            // A service that gives a token with the last page too says by the truth value alone that it is the last.
            let token_tells = ended && !chain.leads_on(last);
            let told = recording.lists().told(recording, chain.numbers[0], chain.items()).filter(|_| ended);
            let lie = Lie::evident_if(if token_tells {
                Some(format!("`{name}` says that there is no more, and the token of the next page stands beside it"))
            } else {
                told
            });
            let site = |position: usize| Site::at(chain.numbers[position]).pointer(at.clone());
            sites.extend((0..last).map(|page| site(page).variant(ENDS_EARLY).lie(lie.clone()).rank(80)));
            if token_tells {
                let reason = format!("`{name}` says that there is more, and there is no token");
                sites.push(site(last).variant(NEVER_ENDS).lie(Lie::Evident(reason)).rank(70));
            }
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let chains = chains(recording);
        let bends = chains.iter().find_map(|chain: &Chain<'_>| {
            let position = chain.position(site.interaction)?;
            let (at, more) = chain.switch()?;
            let says = if site.variant == Some(NEVER_ENDS) { more } else { !more };
            let rewrite = Rewrite::edit(Edit::Set { at: at.clone(), value: says.into() });
            Some(chain.rewritten(position, &rewrite).collect())
        });
        Bend::All(bends.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader::{Pages, read_at, undisturbed};
    use super::*;
    use crate::fixture::{delivered, recording_of, taped};

    #[test]
    fn the_truth_value_is_found_by_what_it_does() {
        let page =
            |n: u32, next: &str, rest: bool| json!({"data": [{"n": n}], "live": true, "weiter": rest, "next": next});
        let recording = recording_of(vec![
            taped("GET", "/a").reply(&page(1, "tok-4711", true)),
            taped("GET", "/a?t=tok-4711").reply(&page(2, "", false)),
        ]);
        let sites: Vec<_> = has_more_contradicts().sites(&recording).iter().map(ToString::to_string).collect();
        assert_eq!(sites, ["1:weiter:ends_early", "2:weiter:never_ends"]);
    }

    #[test]
    fn a_reader_that_follows_tokens_is_not_disturbed() {
        let recording = Pages { counted: true, ..Pages::of(&[2, 2, 1]) }.recording();
        for site in has_more_contradicts().sites(&recording) {
            let read = read_at(&recording, has_more_contradicts(), &site);
            assert_eq!(read.ids(), undisturbed(&recording).ids());
            let page = &read.pages[site.interaction - 1];
            assert_eq!(page["has_more"], json!(site.variant == Some(NEVER_ENDS)));
            assert!(matches!(site.lie, Lie::Evident(_)));
        }
    }

    #[test]
    fn it_is_plausible_where_the_last_page_has_a_token_as_well() {
        let page = |n: u32, more: bool| json!({"nodes": [{"n": n}], "pageInfo": {"endCursor": format!("cur{n}-4711"), "hasNextPage": more}});
        let recording = recording_of(vec![
            taped("GET", "/a").reply(&page(1, true)),
            taped("GET", "/a?after=cur1-4711").reply(&page(2, false)),
        ]);
        let sites = has_more_contradicts().sites(&recording);
        assert_eq!(sites.len(), 1);
        assert!(matches!(sites[0].lie, Lie::Plausible(_)));
    }

    #[test]
    fn pages_without_a_truth_value_are_left_alone() {
        assert!(has_more_contradicts().sites(&Pages::of(&[2, 2]).recording()).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let recording = Pages { counted: true, ..Pages::of(&[2, 2]) }.recording();
        assert_eq!(delivered(&recording, has_more_contradicts).bent_calls().count(), 1);
    }
}
