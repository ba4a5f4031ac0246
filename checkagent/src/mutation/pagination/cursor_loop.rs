//! The service leads to the same page for ever.

use checkagent_cassette::analysis::Place;
use checkagent_cassette::json::Edit;

use super::pages::{Chain, chains};
use super::place::put;
use crate::mutation::bend::{Bend, Rewrite};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A page whose token leads to itself. See [`cursor_loop`].
#[derive(Clone, Debug)]
pub struct CursorLoop;

/// A page brings the token that led to it, each time that it is asked for: a client that goes on without a bound never
/// comes to an end.
///
/// Evident: the token is the one that was just sent.
#[must_use]
pub fn cursor_loop() -> CursorLoop {
    CursorLoop
}

impl Operator for CursorLoop {
    fn id(&self) -> &'static str {
        "cursor_loop"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A page brings the token that led to it, for ever.",
            seen: "emulators of AWS, Notion on last pages, tool servers that never leave the cursor out",
            source: "floci#3927; makenotion/lore#35; ChesterRa/cccc#50",
            sites: "every page that was led to by a token",
            good: "has a bound for pages, stops at a token that it has just used, and says that the list is incomplete",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for chain in chains(recording) {
            let pages = chain.links.iter().enumerate().filter(|(link, _)| looping(&chain, *link, recording).is_some());
            sites.extend(pages.map(|(_, link)| {
                let reason = format!("its token is the one of interaction {}, which led to it", link.from);
                Site::at(link.to).lie(Lie::Evident(reason)).rank(75)
            }));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let chains = chains(recording);
        let bends = chains.iter().find_map(|chain| {
            let position = chain.position(site.interaction)?;
            let rewrite = looping(chain, position.checked_sub(1)?, recording)?;
            Some(chain.rewritten(position, &rewrite).collect())
        });
        Bend::All(bends.unwrap_or_default())
    }
}

/// What makes a page lead to itself; `link` is the one that led to it.
fn looping(chain: &Chain<'_>, link: usize, recording: &Recording) -> Option<Rewrite> {
    let (led, source) = (chain.links[link], chain.sources[link]?);
    let brought = &recording.interaction(led.from).reply;
    // Where the page's own token stands; the last page has none, and gets it where the others have theirs.
    let own = chain.sources.get(link + 1).copied().flatten().unwrap_or(source);
    let mut rewrite = match (source, own) {
        (Place::Header(name, _), _) => {
            let (_, value) = brought.headers().iter().find(|(known, _)| *known == **name)?;
            Rewrite::default().header(name, Some(value))
        }
        (Place::Body(from, _), Place::Body(at, _)) => {
            let document = brought.json()?;
            let (_, value) = *from.resolve(&document).first()?;
            let page = recording.interaction(led.to).reply.json()?;
            Rewrite::edit(put(&page, at, value.clone())?)
        }
        _ => return None,
    };
    if link + 1 == chain.links.len()
        && let Some((at, more)) = chain.switch()
    {
        rewrite.edits.push(Edit::Set { at: at.clone(), value: more.into() });
    }
    Some(rewrite)
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Pages, Token, read_at};
    use super::*;
    use crate::fixture::{delivered, recording_of, taped};

    #[test]
    fn the_same_page_comes_for_ever() {
        for token in [Token::Member, Token::Link, Token::Number] {
            let recording = Pages { token, counted: true, ..Pages::of(&[2, 2, 1]) }.recording();
            let sites = cursor_loop().sites(&recording);
            assert_eq!(sites.len(), 2);
            for (position, site) in sites.iter().enumerate() {
                let read = read_at(&recording, cursor_loop(), site);
                assert!(!read.ended);
                assert!(read.pages[position + 2..].iter().all(|page| *page == read.pages[position + 1]));
                assert_eq!(read.pages[position + 1]["has_more"], true);
            }
        }
    }

    #[test]
    fn it_is_the_same_also_where_the_recording_has_the_page_twice() {
        let pages = Pages::of(&[2, 2]).taped();
        let recording = recording_of(pages.iter().chain(&pages[1..]).cloned().collect());
        assert!(!read_at(&recording, cursor_loop(), &cursor_loop().sites(&recording)[0]).ended);
    }

    #[test]
    fn an_agent_without_a_bound_uses_up_its_calls() {
        let recording = Pages::of(&[1, 1]).recording();
        let mut session = crate::fixture::Session::first(&recording, cursor_loop());
        let last = (0..=crate::fixture::CALLS).map(|_| session.again(2)).last();
        assert_eq!(last, Some(crate::world::Reaction::End));
    }

    #[test]
    fn a_list_on_one_page_cannot_loop() {
        let one = recording_of(vec![taped("GET", "/a").reply(&serde_json::json!({"data": [1], "next": "tok-4711"}))]);
        assert!(cursor_loop().sites(&one).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let ledger = delivered(&Pages::of(&[2, 2]).recording(), cursor_loop);
        assert_eq!(ledger.bent_calls().count(), 1);
    }
}
