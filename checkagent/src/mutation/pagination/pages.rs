//! Pages that were read one after the other, and the same items on other pages.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_json::Value;

use checkagent_cassette::analysis::{PageKind, PageLink, Part, Place, main_list};
use checkagent_cassette::json::{Edit, Pointer};

use super::relaid::relaid;
use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::recording::{Recording, name_of, says_more};

/// Pages of one list, in the order in which they were read; at least two.
pub(super) struct Chain<'r> {
    recording: &'r Recording,
    /// The interactions.
    pub numbers: Vec<usize>,
    /// What led from each page to the one after it.
    pub links: Vec<&'r PageLink>,
    /// Where that stood in each page; `None` where the client counted by itself.
    pub sources: Vec<Option<&'r Place>>,
    /// Where the list stands in each of them.
    pub list: &'r Pointer,
    /// The positions of each page's items in the whole list.
    pub ranges: Vec<Range<usize>>,
}

/// The chains of a recording whose pages are led to by a token that stands beside the list, or in a header, or by a
/// number that the client counts.
///
/// A position in the list that the client takes from an item (the last one's id) is none: it moves with the items.
pub(super) fn chains(recording: &Recording) -> Vec<Chain<'_>> {
    let mut next: HashMap<usize, &PageLink> = HashMap::new();
    let mut led_to = HashSet::new();
    for link in recording.pages() {
        next.entry(link.from).or_insert(link);
        led_to.insert(link.to);
    }
    let starts = recording.pages().iter().filter(|link| !led_to.contains(&link.from) && next[&link.from] == *link);
    starts.filter_map(|start| Chain::from(recording, start, &next)).collect()
}

impl<'r> Chain<'r> {
    fn from(recording: &'r Recording, start: &'r PageLink, next: &HashMap<usize, &'r PageLink>) -> Option<Self> {
        let lists = recording.lists();
        let (list, length) = lists.reply(start.from).main.as_ref()?;
        let range = 0..*length;
        let (links, sources) = (Vec::new(), Vec::new());
        let mut chain = Self { recording, numbers: vec![start.from], links, sources, list, ranges: vec![range] };
        let mut link = Some(start);
        while let Some(here) = link.filter(|link| link.to > link.from) {
            let source = here.source.as_ref();
            if !source.map_or(here.kind == PageKind::Counted, |source| stands_beside(source, list)) {
                break;
            }
            let Some(length) = lists.reply(here.to).length(list) else { break };
            let start = chain.items();
            chain.ranges.push(start..start + length);
            chain.numbers.push(here.to);
            chain.links.push(here);
            chain.sources.push(source);
            link = next.get(&here.to).copied();
        }
        (chain.numbers.len() > 1).then_some(chain)
    }

    /// How many items all pages have together.
    pub(super) fn items(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// The most items that a page has.
    pub(super) fn fullest(&self) -> usize {
        self.ranges.iter().map(Range::len).max().unwrap_or_default()
    }

    /// The page that an interaction is, by position.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        self.numbers.iter().position(|page| *page == number)
    }

    /// For each page, whether the items may stand on other pages than recorded from there on, without any difference for
    /// a client that reads on to the end.
    pub(super) fn movable(&self) -> Vec<bool> {
        let mut movable = true;
        let links = std::iter::once(None).chain(self.links.iter().rev().copied().map(Some));
        let mut pages: Vec<_> = self
            .numbers
            .iter()
            .rev()
            .zip(links)
            .map(|(number, leads_on)| {
                movable =
                    movable && self.is_steady(*number) && !leads_on.is_some_and(|link| self.is_written_whole(link));
                movable
            })
            .collect();
        pages.reverse();
        pages
    }

    /// Whether an effect comes before the next page that does something with several items at once: with other items on
    /// the page it would be another effect.
    fn is_written_whole(&self, link: &PageLink) -> bool {
        let many = |request: &Value| main_list(request).is_some_and(|(_, length)| length > 1);
        (link.from + 1..link.to).any(|between| {
            self.recording.changed_something(between)
                && self.recording.request_document(between).is_some_and(|document| many(&document))
        })
    }

    /// Whether a reply says at which position its page starts: such a service has no short pages in the middle.
    pub(super) fn counts_positions(&self) -> bool {
        let lists = self.recording.lists();
        let later = || self.numbers.iter().zip(&self.ranges).skip(1);
        lists.reply(self.numbers[0]).numbers.iter().any(|(place, base)| {
            let starts = |(number, range): (&usize, &Range<usize>)| {
                lists.reply(*number).number(place) == u64::try_from(range.start).ok().map(|start| start + base)
            };
            *base <= 1 && later().all(starts)
        })
    }

    /// Whether the page was the same each time that it was asked for.
    fn is_steady(&self, number: usize) -> bool {
        always_the_same(self.recording, number)
    }

    /// Another page at that position, each time that it is asked for.
    pub(super) fn rewritten(&self, position: usize, rewrite: &Rewrite) -> impl Iterator<Item = Bend> {
        always(self.recording, self.numbers[position], rewrite)
    }

    /// The same list on pages with other items: `ranges` says which for the pages from `first` on.
    pub(super) fn laid_out(&self, first: usize, ranges: &[Range<usize>]) -> Bend {
        let items: Vec<Value> = self.numbers.iter().flat_map(|number| self.items_of(*number)).collect();
        let counts = self.page_counts();
        let mut bends = Vec::new();
        for (position, new) in (first..self.numbers.len()).zip(ranges) {
            let old = &self.ranges[position];
            if old == new || new.end > items.len() {
                continue;
            }
            let mut rewrite = Rewrite::edits(relaid(self.list, old, new, &items));
            for place in &counts {
                match place {
                    Place::Header(name, _) => rewrite = rewrite.header(name, Some(&new.len().to_string())),
                    Place::Body(at, _) => rewrite.edits.push(Edit::Set { at: at.clone(), value: new.len().into() }),
                    _ => {}
                }
            }
            bends.extend(self.rewritten(position, &rewrite));
        }
        Bend::All(bends)
    }

    fn items_of(&self, number: usize) -> Vec<Value> {
        let document = self.recording.reply_document(number).unwrap_or_default();
        let list = self.list.resolve(&document).first().and_then(|(_, list)| list.as_array().cloned());
        list.unwrap_or_default()
    }

    /// Every item of the list, in order.
    pub(super) fn whole(&self) -> Vec<Value> {
        self.numbers.iter().flat_map(|number| self.items_of(*number)).collect()
    }

    /// Places that say how many items the page has. Where all pages are equally full, the name has to say so: it may be
    /// what was asked for.
    fn page_counts(&self) -> Vec<&'r Place> {
        let lists = self.recording.lists();
        let uneven = self.ranges.iter().any(|range| range.len() != self.ranges[0].len());
        let counts = |place: &Place| {
            let name = name_of(place).to_ascii_lowercase();
            let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
            uneven || (has(&["count", "num", "returned", "results"]) && !has(&["per", "limit", "max", "total"]))
        };
        let pages = || self.numbers.iter().zip(&self.ranges);
        let places = lists.reply(self.numbers[0]).numbers.iter().map(|(place, _)| place);
        let right = |place: &&Place| {
            pages().all(|(number, range)| lists.reply(*number).number(place) == u64::try_from(range.len()).ok())
        };
        places.filter(right).filter(|place| counts(place)).collect()
    }

    /// The truth value that says whether there is more, and what it is where there is: it differs between the last page
    /// and all others, or its name says it.
    pub(super) fn switch(&self) -> Option<(&'r Pointer, bool)> {
        let lists = self.recording.lists();
        let (last, others) = self.numbers.split_last()?;
        let switches = lists.reply(self.numbers[0]).switches.iter();
        let same = |at: &Pointer, more: bool| others.iter().all(|page| lists.reply(*page).switch(at) == Some(more));
        let mut steady = switches.filter(|(at, more)| same(at, *more));
        let named = |(at, more): &&(Pointer, bool)| at.field().and_then(says_more) == Some(*more);
        let differs = |(at, more): &&(Pointer, bool)| lists.reply(*last).switch(at) == Some(!more);
        let found = steady.clone().find(named).or_else(|| steady.find(differs));
        found.map(|(at, more)| (at, *more))
    }

    /// Whether a page still holds something where the tokens stand.
    pub(super) fn leads_on(&self, position: usize) -> bool {
        let reply = &self.recording.interaction(self.numbers[position]).reply;
        self.sources.first().copied().flatten().is_some_and(|source| match source {
            Place::Header(name, _) => reply.headers().iter().any(|(known, value)| {
                *known == **name && (*name != "link" || value.contains("rel=\"next\"") || value.contains("rel=next"))
            }),
            Place::Body(at, _) => reply.json().is_some_and(|document| {
                at.resolve(&document).iter().any(|(_, value)| !value.is_null() && value.as_str() != Some(""))
            }),
            _ => false,
        })
    }
}

/// The interactions with the same request as that one, with itself.
fn twins(recording: &Recording, number: usize) -> &[usize] {
    recording.with_key(recording.interaction(number).key)
}

/// Whether a request got the same reply each time.
pub(super) fn always_the_same(recording: &Recording, number: usize) -> bool {
    let reply = &recording.interaction(number).reply;
    let mut others = twins(recording, number).iter().filter(|twin| **twin != number);
    others.all(|twin| recording.interaction(*twin).reply == *reply)
}

/// A reply that is changed each time that it is asked for, also where the recording asks several times.
pub(super) fn always(recording: &Recording, number: usize, rewrite: &Rewrite) -> impl Iterator<Item = Bend> {
    let bend = |at: &usize| Bend::Rewrite { at: *at, scope: Scope::Interaction, rewrite: rewrite.clone() };
    twins(recording, number).iter().map(bend).collect::<Vec<_>>().into_iter()
}

fn stands_beside(source: &Place, list: &Pointer) -> bool {
    match source {
        Place::Body(at, _) => !list.covers(at) && is_whole(source),
        _ => is_whole(source),
    }
}

/// Whether a value, or the URL that it stands in, is all of a header or a member: then another one can stand there.
pub(super) fn is_whole(source: &Place) -> bool {
    match source {
        Place::Body(_, part) | Place::Header(_, part) => !matches!(part, Some(Part::Word | Part::Json(_))),
        _ => false,
    }
}
