//! A list that came whole comes in pages.

use std::collections::HashSet;

use checkagent_cassette::json::{Edit, Pointer};
use checkagent_cassette::{Fidelity, Request};

use super::pages::{always, always_the_same};
use super::token_style::{TokenStyle, asks_with};
use crate::mutation::bend::{Bend, Rewrite};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FollowUp, Recording, name_of, says_more};

/// Shorter lists are no reason for pages.
const WORTH_PAGES: usize = 4;

/// A list that got pages. See [`newly_paginated`].
#[derive(Clone, Debug)]
pub struct NewlyPaginated;

/// A list that came whole becomes its first half and a token; the token leads to the rest.
///
/// The token looks like those of the service's other lists: a member, a link, a header. Where it has none it is the
/// `next_page_token` of AIP-158, and a `Link` header for a reply that is no object. It is taken back in any parameter
/// of the query or member of the body.
///
/// Evident: the token stands in the reply. A client that never met one on this endpoint takes the half for the whole.
#[must_use]
pub fn newly_paginated() -> NewlyPaginated {
    NewlyPaginated
}

impl Operator for NewlyPaginated {
    fn id(&self) -> &'static str {
        "newly_paginated"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A list that came whole becomes its first half and the token of the rest.",
            seen: "services that put a limit on lists that had none",
            source: "aip.dev/158: pages that are added later break clients without a word",
            sites: "whole lists of at least 4 items, on endpoints without pages",
            good: "notices the token: follows it, or says that the list is incomplete",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let paged: HashSet<_> = recording
            .pages()
            .iter()
            .flat_map(|page| [page.from, page.to])
            .map(|page| recording.endpoint(page))
            .collect();
        let mut known = HashSet::new();
        let mut sites = Vec::new();
        for interaction in recording.interactions() {
            let number = interaction.number;
            let reads = matches!(interaction.request, Request::Http(_)) && !recording.asks_for_effect(number);
            if !reads || !interaction.reply.is_success() || recording.asks_a_model(number) {
                continue;
            }
            let Some(list) = whole_list(recording, number) else { continue };
            if !paged.contains(recording.endpoint(number))
                && known.insert(interaction.key)
                && always_the_same(recording, number)
            {
                let reason = "the token of the next page stands in the reply".to_owned();
                sites.push(Site::at(number).pointer(list.clone()).lie(Lie::Evident(reason)).rank(75));
            }
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        Bend::All(first_page(site, recording).unwrap_or_default())
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        let interaction = recording.interaction(site.interaction);
        if !asks_with(request, &interaction.request, &token(site)) {
            return None;
        }
        let (list, shown) = halves(site, recording)?;
        let edits: Vec<_> = (0..shown).rev().map(|item| Edit::Remove { at: list.index(item) }).collect();
        Some(FollowUp { reply: interaction.reply.edited(&edits), items: Vec::new() })
    }
}

/// The list of a reply that shows no sign of more.
fn whole_list(recording: &Recording, number: usize) -> Option<&Pointer> {
    let reply = recording.lists().reply(number);
    let (list, length) = reply.main.as_ref().filter(|(_, length)| *length >= WORTH_PAGES)?;
    let more =
        reply.counts().any(|(place, count)| name_of(place).to_ascii_lowercase().contains("total") && count > *length);
    (!more && !reply.leads_on).then_some(list)
}

/// The list and the number of items on its first page.
fn halves<'r>(site: &Site, recording: &'r Recording) -> Option<(&'r Pointer, usize)> {
    let (list, length) = recording.lists().reply(site.interaction).main.as_ref()?;
    Some((list, length.div_ceil(2)))
}

fn first_page(site: &Site, recording: &Recording) -> Option<Vec<Bend>> {
    let interaction = recording.interaction(site.interaction);
    let Request::Http(request) = &interaction.request else { return None };
    let (list, shown) = halves(site, recording)?;
    let (_, length) = recording.lists().reply(site.interaction).main.as_ref()?;
    let style = TokenStyle::on(recording, &interaction.channel);
    let brought = style.rewrite(&interaction.channel, request, &interaction.reply, &token(site))?;
    let gone = (shown..*length).rev().map(|item| Edit::Remove { at: list.index(item) });
    let switches = recording.lists().reply(site.interaction).switches.iter();
    let more = switches.filter_map(|(at, _)| Some(Edit::Set { at: at.clone(), value: says_more(at.field()?)?.into() }));
    let rewrite = Rewrite { edits: gone.chain(brought.edits.iter().cloned()).chain(more).collect(), ..brought };
    Some(always(recording, site.interaction, &rewrite).collect())
}

/// Opaque to a client, the same in every run.
fn token(site: &Site) -> String {
    format!("page-2-of-list-{}", site.interaction)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::reader::{Pages, Token, obedient};
    use super::*;
    use crate::fixture::{Session, Taped, delivered, recording, recording_of, taped};

    fn whole() -> Value {
        (0..5).map(|n| json!({"id": format!("x-{n}")})).collect()
    }

    #[test]
    fn a_reader_that_notices_the_token_gets_the_whole_list() {
        let in_object = || taped("GET", "/things?kind=a").reply(&json!({"data": whole(), "kind": "a"}));
        let as_root = || taped("GET", "/things?kind=a").reply(&whole());
        let and_pages = |thing: Taped, token: Token| {
            let mut taped = Pages { token, ..Pages::of(&[1, 1]) }.taped();
            taped.push(thing);
            recording_of(taped)
        };
        for (recording, parameter) in [
            (recording_of(vec![in_object()]), "page_token"),
            (recording_of(vec![as_root()]), "page_token"),
            (and_pages(in_object(), Token::Member), "after"),
            (and_pages(in_object(), Token::Link), "after"),
            (and_pages(as_root(), Token::Link), "after"),
        ] {
            let read = obedient(&mut Session::first(&recording, newly_paginated()), "/things?kind=a", parameter);
            assert!(read.ended, "{:?}", read.pages);
            assert_eq!(read.pages.len(), 2);
            assert_eq!(read.ids(), ["x-0", "x-1", "x-2", "x-3", "x-4"]);
        }
    }

    #[test]
    fn links_in_members_are_as_absolute_as_those_of_the_other_lists() {
        for origin in ["{{origin:api}}", ""] {
            let next = format!("{origin}/pages?after=tok-4711");
            let recording = recording_of(vec![
                taped("GET", "/pages").reply(&json!({"d": [{"n": 1}], "next": next})),
                taped("GET", "/pages?after=tok-4711").reply(&json!({"d": [{"n": 2}]})),
                taped("GET", "/things").reply(&json!({"data": whole()})),
            ]);
            let mut session = Session::first(&recording, newly_paginated());
            let token = format!("{origin}/things?after=page-2-of-list-3");
            assert_eq!(session.get("/things")["next"], json!(token));
            assert_eq!(obedient(&mut session, "/things", "after").ids().len(), 5);
        }
    }

    #[test]
    fn the_token_is_taken_back_in_a_body() {
        let search = || taped("GET", "/search").body(&json!({"q": "a"})).reply(&json!({"data": whole()}));
        let mut session = Session::first(&recording_of(vec![search()]), newly_paginated());
        let token = session.ask("GET", "/search", json!({"q": "a"})).1["next_page_token"].clone();
        let (_, rest) = session.ask("GET", "/search", json!({"q": "a", "page_token": token}));
        assert_eq!(rest, json!({"data": [{"id": "x-3"}, {"id": "x-4"}]}));
    }

    #[test]
    fn what_says_that_there_is_no_more_says_that_there_is() {
        let reply = json!({"data": whole(), "has_more": false, "isLast": true});
        let recording = recording(&[("GET", "/a", Value::Null, reply)]);
        let mut session = Session::first(&recording, newly_paginated());
        let pages = [session.get("/a"), session.get("/a?page_token=page-2-of-list-1")];
        assert_eq!(pages.clone().map(|page| page["has_more"].clone()), [json!(true), json!(false)]);
        assert_eq!(pages.map(|page| page["isLast"].clone()), [json!(false), json!(true)]);
    }

    #[test]
    fn short_lists_pages_and_lists_with_more_are_left_alone() {
        let sites = |reply: Value| newly_paginated().sites(&recording(&[("GET", "/a", Value::Null, reply)])).len();
        assert_eq!(sites(json!({"data": whole()})), 1);
        assert_eq!(sites(json!({"data": [1, 2, 3]})), 0);
        assert_eq!(sites(json!({"data": whole(), "next_cursor": "c"})), 0);
        assert_eq!(sites(json!({"data": whole(), "total": 80})), 0);
        assert!(newly_paginated().sites(&Pages::of(&[5, 5]).recording()).is_empty());
        let effect = recording(&[("POST", "/a", json!({}), json!({"data": whole()}))]);
        assert!(newly_paginated().sites(&effect).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let recording = recording(&[("GET", "/a", Value::Null, json!({"data": whole()}))]);
        assert_eq!(delivered(&recording, newly_paginated).bent_calls().count(), 1);
    }
}
