//! Places as numbers: each is stored once, however many messages have something there.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::place::{Part, Place};
use crate::json::{self, Pointer};

/// The hash of a value's text.
pub(super) fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Two hashes as one, in this order.
pub(super) fn mix(one: u64, other: u64) -> u64 {
    let mixed = (one.rotate_left(23) ^ other).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// A map whose keys are hashes already.
pub(super) type Hashed<V> = HashMap<u64, V, BuildHasherDefault<Same>>;

/// Takes a hash as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A place in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot(u32);

/// What kind of step leads to a place. Its number is an index, or that of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where messages begin.
    Start,
    /// A segment of a request's path.
    Segment,
    /// A query parameter of a request, by name.
    Query,
    /// Path and query of a request.
    Target,
    /// The path of a request without a query.
    Location,
    /// A header, by name.
    Header,
    Body,
    /// An event of a stream.
    Event,
    /// A tool call in a stream.
    Argument,
    /// A member, by name.
    Key,
    /// An element.
    Index,
    /// Every element.
    Each,
    /// Pieces of a URL in a text.
    UrlSegment,
    UrlParameter,
    UrlTarget,
    UrlLocation,
    /// Some words of a text.
    Word,
    /// The JSON document in a text.
    Json,
}

/// The last step to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) number: u32,
}

/// Tells the places that lie at or below another one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Below<'p> {
    Nothing,
    /// This place and those whose way leads through it.
    Spot(Spot),
    /// Those that the pointer covers.
    Pointer(&'p Pointer),
}

fn child_key(parent: Spot, step: Step) -> u64 {
    mix((u64::from(parent.0) << 8) | step.kind as u64, u64::from(step.number))
}

#[derive(Clone, Copy, Debug)]
struct Node {
    parent: Spot,
    step: Step,
    /// The same place in every element.
    general: Spot,
    /// The outermost list around it, and the element.
    item: Option<(Spot, u32)>,
}

/// Every place that a recording has something at.
#[derive(Clone, Debug)]
pub(super) struct Spots {
    nodes: Vec<Node>,
    children: Hashed<Spot>,
    names: Vec<Box<str>>,
    by_hash: Hashed<u32>,
}

impl Default for Spots {
    fn default() -> Self {
        let start = Spots::START;
        let step = Step { kind: Kind::Start, number: 0 };
        let nodes = vec![Node { parent: start, step, general: start, item: None }];
        Self { nodes, children: Hashed::default(), names: Vec::new(), by_hash: Hashed::default() }
    }
}

impl Spots {
    pub(super) const START: Spot = Spot(0);

    /// The place one step further, where steps have numbers or nothing.
    pub(super) fn at(&mut self, parent: Spot, kind: Kind, number: usize) -> Spot {
        self.child(parent, Step { kind, number: u32::try_from(number).unwrap_or(u32::MAX) })
    }

    /// The place one step further, where steps have names.
    pub(super) fn named(&mut self, parent: Spot, kind: Kind, name: &str) -> Spot {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let names = &mut self.names;
        let number = *self.by_hash.entry(hash(name)).or_insert_with(|| {
            names.push(name.into());
            next
        });
        self.child(parent, Step { kind, number })
    }

    fn child(&mut self, parent: Spot, step: Step) -> Spot {
        let key = child_key(parent, step);
        if let Some(spot) = self.children.get(&key) {
            return *spot;
        }
        let spot = Spot(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let above = *self.node(parent);
        let item = match above.item {
            None if step.kind == Kind::Index => Some((parent, step.number)),
            item => item,
        };
        self.nodes.push(Node { parent, step, general: spot, item });
        self.children.insert(key, spot);
        let each = Step { kind: Kind::Each, number: 0 };
        let general = match step.kind {
            Kind::Index => self.child(above.general, each),
            _ if above.general != parent => self.child(above.general, step),
            _ => spot,
        };
        if let Some(node) = self.nodes.get_mut(spot.0 as usize) {
            node.general = general;
        }
        spot
    }

    fn node(&self, spot: Spot) -> &Node {
        &self.nodes[spot.0 as usize]
    }

    /// The last step to a place.
    pub(super) fn step(&self, spot: Spot) -> Step {
        self.node(spot).step
    }

    /// The place before the last step.
    pub(super) fn parent(&self, spot: Spot) -> Spot {
        self.node(spot).parent
    }

    /// The same place in every element of the lists around it.
    pub(super) fn general(&self, spot: Spot) -> Spot {
        self.node(spot).general
    }

    /// The outermost list around a place, and the element.
    pub(super) fn item(&self, spot: Spot) -> Option<(Spot, u32)> {
        self.node(spot).item
    }

    /// The first step to a place: which part of a message it is in.
    pub(super) fn part_of_message(&self, spot: Spot) -> Step {
        self.path(spot).last().map_or(self.step(Self::START), |spot| self.step(spot))
    }

    /// A name that steps have.
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", AsRef::as_ref)
    }

    /// Whether members or parameters somewhere have this name.
    pub(super) fn is_name(&self, hash: u64) -> bool {
        self.by_hash.contains_key(&hash)
    }

    /// The place and those above it, up to the part of the message.
    pub(super) fn path(&self, spot: Spot) -> impl Iterator<Item = Spot> + '_ {
        let up = |spot: &Spot| Some(self.parent(*spot));
        std::iter::successors(Some(spot), up).take_while(|spot| *spot != Self::START)
    }

    /// What tells the places in the JSON body at or below `at`, where `*` covers every index.
    pub(super) fn below<'p>(&self, at: &'p Pointer) -> Below<'p> {
        let has = |kind: fn(&json::Step) -> bool| at.steps().iter().any(kind);
        let (each, index) = (has(|step| *step == json::Step::Each), has(|step| matches!(step, json::Step::Index(_))));
        let Some(body) = self.find(Self::START, Kind::Body, 0) else { return Below::Nothing };
        let found = at.steps().iter().try_fold(body, |parent, step| match step {
            json::Step::Key(key) => self.find(parent, Kind::Key, *self.by_hash.get(&hash(key))?),
            json::Step::Index(index) => self.find(parent, Kind::Index, u32::try_from(*index).ok()?),
            json::Step::Each => self.find(parent, Kind::Each, 0),
        });
        match found {
            Some(spot) if !(each && index) => Below::Spot(spot),
            _ => Below::Pointer(at),
        }
    }

    fn find(&self, parent: Spot, kind: Kind, number: u32) -> Option<Spot> {
        self.children.get(&child_key(parent, Step { kind, number })).copied()
    }

    /// Whether a place is told by `below`.
    pub(super) fn is_below(&self, spot: Spot, below: Below<'_>) -> bool {
        match below {
            Below::Nothing => false,
            Below::Spot(at) => {
                // What stands in every element is above the general places only.
                let spot = if self.is_general(at) { self.general(spot) } else { spot };
                self.path(spot).any(|spot| spot == at)
            }
            Below::Pointer(at) => self.is_covered(spot, at),
        }
    }

    fn is_general(&self, spot: Spot) -> bool {
        self.general(spot) == spot
    }

    fn is_covered(&self, spot: Spot, at: &Pointer) -> bool {
        let mut steps: Vec<_> = self.path(spot).map(|spot| self.step(spot)).collect();
        if steps.pop().is_none_or(|first| first.kind != Kind::Body) || steps.len() < at.steps().len() {
            return false;
        }
        at.steps().iter().zip(steps.iter().rev()).all(|(asked, step)| match (asked, step.kind) {
            (json::Step::Each, Kind::Index) => true,
            (json::Step::Index(index), Kind::Index) => u32::try_from(*index) == Ok(step.number),
            (json::Step::Index(index), Kind::Key) => self.name(step.number) == index.to_string(),
            (json::Step::Key(key), Kind::Key) => self.name(step.number) == key,
            _ => false,
        })
    }

    /// The place as others know it.
    pub(super) fn place(&self, spot: Spot) -> Place {
        let steps: Vec<_> = self.path(spot).map(|spot| self.step(spot)).collect();
        let mut steps = steps.into_iter().rev().peekable();
        let Some(first) = steps.next() else { return Place::Target };
        let number = first.number as usize;
        let mut pointer = Pointer::root();
        while let Some(step) = steps.peek().and_then(|step| self.json_step(*step)) {
            pointer = pointer.then(step);
            steps.next();
        }
        let part = steps.next().map(|step| match step.kind {
            Kind::UrlSegment => Part::Segment(step.number as usize),
            Kind::UrlParameter => Part::Parameter(self.name(step.number).to_owned()),
            Kind::Json => {
                Part::Json(steps.map_while(|step| self.json_step(step)).fold(Pointer::root(), |at, step| at.then(step)))
            }
            Kind::Word => Part::Word,
            _ => Part::Target,
        });
        match first.kind {
            Kind::Segment => Place::Path(number),
            Kind::Query => Place::Query(self.name(first.number).to_owned()),
            Kind::Header => Place::Header(self.name(first.number).to_owned(), part),
            Kind::Event => Place::Event(number, pointer, part),
            Kind::Argument => Place::Argument(number, pointer, part),
            Kind::Body => Place::Body(pointer, part),
            _ => Place::Target,
        }
    }

    fn json_step(&self, step: Step) -> Option<json::Step> {
        match step.kind {
            Kind::Key => Some(json::Step::Key(self.name(step.number).to_owned())),
            Kind::Index => Some(json::Step::Index(step.number as usize)),
            Kind::Each => Some(json::Step::Each),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_stored_once_and_comes_back() {
        let mut spots = Spots::default();
        let body = spots.at(Spots::START, Kind::Body, 0);
        let data = spots.named(body, Kind::Key, "data");
        let third = spots.at(data, Kind::Index, 3);
        let id = spots.named(third, Kind::Key, "id");
        assert_eq!(id, spots.named(third, Kind::Key, "id"));
        assert_eq!(spots.place(id), Place::Body(Pointer::parse("/data/3/id"), None));
        assert_eq!(spots.place(spots.general(id)), Place::Body(Pointer::parse("/data/*/id"), None));
        assert_eq!(spots.item(id), Some((data, 3)));
        let inner = spots.at(id, Kind::Json, 0);
        let inner = spots.named(inner, Kind::Key, "x");
        assert_eq!(
            spots.place(inner),
            Place::Body(Pointer::parse("/data/3/id"), Some(Part::Json(Pointer::parse("/x"))))
        );
    }

    #[test]
    fn a_pointer_covers_what_is_below_it() {
        let mut spots = Spots::default();
        let body = spots.at(Spots::START, Kind::Body, 0);
        let data = spots.named(body, Kind::Key, "data");
        let third = spots.at(data, Kind::Index, 3);
        let id = spots.named(third, Kind::Key, "id");
        for (pointer, covers) in [
            ("", true),
            ("/data", true),
            ("/data/*/id", true),
            ("/data/3", true),
            ("/data/3/id", true),
            ("/*/3/id", false),
            ("/nothing", false),
            ("/data/2", false),
            ("/data/*/id/x", false),
        ] {
            assert_eq!(spots.is_below(id, spots.below(&Pointer::parse(pointer))), covers, "{pointer}");
        }
        let header = spots.named(Spots::START, Kind::Header, "etag");
        assert!(!spots.is_below(header, spots.below(&Pointer::root())));
    }
}
