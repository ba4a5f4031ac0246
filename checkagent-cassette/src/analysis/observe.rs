//! What was observed of each field, and what would break it.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::Value;

use super::kind::{Format, Kind};
use crate::json::{Pointer, Step};

/// So many observations make a habit of a field something that a careful client may rely on.
pub const OBSERVATIONS: usize = 10;

/// So few different strings, each seen again and again, are an enumeration.
const ENUMERATION: usize = 6;
const REMEMBERED: usize = 64;
/// Values that are kept as they are.
const EXAMPLES: usize = 4;
/// Beyond what was observed by so much, a number is of another scale.
const SCALE: f64 = 10.0;

/// The fields of one endpoint's replies; list items count one by one, under `*`.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The whole document first; then what is in it, as it was met.
    nodes: Vec<Node>,
    /// The nodes by their places, but for the whole document.
    places: BTreeMap<Pointer, usize>,
}

/// A place in the documents, general. From here those below are found without their pointers.
#[derive(Clone, Debug, Default)]
struct Node {
    at: Pointer,
    members: BTreeMap<String, usize>,
    items: Option<usize>,
    field: Field,
    /// How often an object stood here.
    objects: usize,
}

/// What was seen of one field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    seen: usize,
    kinds: Vec<Kind>,
    lowest: Option<f64>,
    highest: Option<f64>,
    empty_strings: usize,
    strings: BTreeMap<String, usize>,
    more_strings: bool,
    formats: Option<Vec<Format>>,
    examples: Vec<Value>,
}

impl Observed {
    /// Adds a reply's document.
    pub fn add(&mut self, document: &Value) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        self.walk(0, document);
    }

    fn walk(&mut self, node: usize, value: &Value) {
        match value {
            Value::Object(members) => {
                self.nodes[node].objects += 1;
                for (key, member) in members {
                    let known = self.nodes[node].members.get(key.as_str()).copied();
                    let below = known.unwrap_or_else(|| {
                        let below = self.below(node, Step::Key(key.clone()));
                        self.nodes[node].members.insert(key.clone(), below);
                        below
                    });
                    self.see(below, member);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let below = self.nodes[node].items.unwrap_or_else(|| self.below(node, Step::Each));
                self.nodes[node].items = Some(below);
                for item in items {
                    self.see(below, item);
                }
            }
            _ => {}
        }
    }

    fn see(&mut self, node: usize, value: &Value) {
        self.nodes[node].field.see(value);
        self.walk(node, value);
    }

    /// A new node.
    fn below(&mut self, node: usize, step: Step) -> usize {
        let at = self.nodes[node].at.then(step);
        self.places.insert(at.clone(), self.nodes.len());
        self.nodes.push(Node { at, ..Node::default() });
        self.nodes.len() - 1
    }

    fn node(&self, at: &Pointer) -> Option<&Node> {
        let node = if at.steps().is_empty() { Some(&0) } else { self.places.get(at) };
        node.and_then(|node| self.nodes.get(*node))
    }

    /// The fields by their places.
    pub fn fields(&self) -> impl Iterator<Item = (&Pointer, &Field)> {
        self.places.iter().filter_map(|(at, node)| Some((at, &self.nodes.get(*node)?.field)))
    }

    /// What was seen at a place, concrete or general.
    #[must_use]
    pub fn field(&self, at: &Pointer) -> Option<&Field> {
        let at = at.generalised();
        if at.steps().is_empty() { None } else { self.node(&at).map(|node| &node.field) }
    }

    /// The names of the members of the objects at a place, concrete or general.
    pub fn members(&self, at: &Pointer) -> impl Iterator<Item = &str> {
        let at = at.generalised();
        let below = self.places.range((Bound::Excluded(at.clone()), Bound::Unbounded)).map(|(place, _)| place);
        let depth = at.steps().len();
        let below = below.take_while(move |place| place.steps().starts_with(at.steps()));
        below.filter(move |place| place.steps().len() == depth + 1).filter_map(|place| match place.steps().last()? {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) | Step::Each => None,
        })
    }

    /// How often an object was seen at a place, concrete or general.
    #[must_use]
    pub fn objects(&self, at: &Pointer) -> usize {
        self.node(&at.generalised()).map_or(0, |node| node.objects)
    }

    /// Why a careful client could know that the field at `at` may not be missing.
    #[must_use]
    pub fn against_missing(&self, at: &Pointer) -> Option<String> {
        let field = self.field(at)?;
        let (container, _) = at.split_last()?;
        let containers = self.objects(&container);
        (field.seen >= OBSERVATIONS && field.seen == containers)
            .then(|| format!("`{}` was there in all {containers} observations", at.field().unwrap_or_default()))
    }

    /// Why a careful client could know that `value` at `at` is wrong; `None` if it could be true.
    #[must_use]
    pub fn against(&self, at: &Pointer, value: &Value) -> Option<String> {
        let reason = self.field(at)?.against(value)?;
        Some(format!("`{}` {reason}", at.field().unwrap_or_default()))
    }

    /// Why a careful client could know that `value` at `at` is counted in another unit: it is beyond everything that was
    /// observed by a factor of ten.
    #[must_use]
    pub fn against_scale(&self, at: &Pointer, value: &Value) -> Option<String> {
        let field = self.field(at).filter(|field| field.seen >= OBSERVATIONS)?;
        let (lowest, highest) = field.range()?;
        let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?.abs();
        let beyond =
            (lowest >= 0.0 && highest > 0.0 && number > highest * SCALE) || (lowest > 0.0 && number < lowest / SCALE);
        let name = at.field().unwrap_or_default();
        beyond.then(|| format!("`{name}` was between {lowest} and {highest} in {} observations", field.seen))
    }
}

impl Field {
    fn see(&mut self, value: &Value) {
        self.seen += 1;
        let kind = Kind::of(value);
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        if self.examples.len() < EXAMPLES
            && !matches!(kind, Kind::Array | Kind::Object)
            && !self.examples.contains(value)
        {
            self.examples.push(value.clone());
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                self.lowest = Some(self.lowest.map_or(number, |lowest| lowest.min(number)));
                self.highest = Some(self.highest.map_or(number, |highest| highest.max(number)));
            }
            Value::String(text) => {
                self.empty_strings += usize::from(text.is_empty());
                let formats = self.formats.get_or_insert_with(|| Format::ALL.to_vec());
                formats.retain(|format| format.fits(text));
                if let Some(count) = self.strings.get_mut(text) {
                    *count += 1;
                } else if self.strings.len() < REMEMBERED {
                    self.strings.insert(text.clone(), 1);
                } else {
                    self.more_strings = true;
                }
            }
            _ => {}
        }
    }

    /// How often it was seen.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The kinds of values that were seen.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The first scalars that were seen, each once.
    #[must_use]
    pub fn examples(&self) -> &[Value] {
        &self.examples
    }

    /// Whether that text was seen, as far as texts are remembered.
    #[must_use]
    pub fn has_shown(&self, text: &str) -> bool {
        self.strings.contains_key(text)
    }

    /// The lowest and highest number.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        self.lowest.zip(self.highest)
    }

    /// The format that every string had.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.formats.as_ref()?.first().copied()
    }

    /// The values, if the strings are an enumeration: few, and seen again and again.
    #[must_use]
    pub fn enumeration(&self) -> Option<Vec<&str>> {
        let few = !self.more_strings && (1..=ENUMERATION).contains(&self.strings.len());
        let repeated =
            self.strings.values().sum::<usize>() >= OBSERVATIONS && self.strings.values().all(|count| *count >= 2);
        (few && repeated && self.format().is_none()).then(|| self.strings.keys().map(String::as_str).collect())
    }

    /// What a client may rely on, in one sentence; nothing before there are observations enough.
    #[must_use]
    pub fn habit(&self) -> Option<String> {
        if self.seen < OBSERVATIONS {
            return None;
        }
        let kinds: Vec<_> = self.kinds.iter().map(|kind| kind.name()).collect();
        let mut said = vec![format!("was always {}", kinds.join(" or "))];
        match self.range() {
            Some((lowest, _)) if lowest > 0.0 => said.push("above 0".to_owned()),
            Some((lowest, _)) if lowest >= 0.0 => said.push("never below 0".to_owned()),
            _ => {}
        }
        if let Some(format) = self.format() {
            said.push(format.name().to_owned());
        } else if let Some(known) = self.enumeration() {
            said.push(format!("one of {}", known.join(", ")));
        } else if !self.strings.is_empty() && self.empty_strings == 0 {
            said.push("never empty".to_owned());
        }
        Some(format!("{} in {} observations", said.join(", "), self.seen))
    }

    /// Why a careful client could know that this field does not have this value; `None` before there are observations
    /// enough.
    #[must_use]
    pub fn against(&self, value: &Value) -> Option<String> {
        if self.seen < OBSERVATIONS {
            return None;
        }
        let kind = Kind::of(value);
        let number = kind.is_number() && self.kinds.contains(&Kind::Float);
        if !self.kinds.contains(&kind) && !number {
            let seen: Vec<_> = self.kinds.iter().map(|kind| kind.name()).collect();
            return Some(format!("was always {} in {} observations", seen.join(" or "), self.seen));
        }
        match value {
            Value::Number(number) => {
                let (number, (lowest, _)) = (number.as_f64()?, self.range()?);
                if lowest > 0.0 && number <= 0.0 {
                    return Some(format!("was always positive in {} observations", self.seen));
                }
                (lowest >= 0.0 && number < 0.0).then(|| format!("was never negative in {} observations", self.seen))
            }
            Value::String(text) => {
                if text.is_empty() && self.empty_strings == 0 {
                    return Some(format!("was never empty in {} observations", self.seen));
                }
                if let Some(format) = self.format().filter(|format| !format.fits(text)) {
                    return Some(format!("was always {} in {} observations", format.name(), self.seen));
                }
                let known = self.enumeration()?;
                (!known.contains(&text.as_str()))
                    .then(|| format!("was always one of {} in {} observations", known.join(", "), self.seen))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn observed(count: usize) -> Observed {
        let items: Vec<_> = (1..=count)
            .map(|n| {
                let plan = if n % 2 == 0 { "free" } else { "pro" };
                json!({"n": n, "plan": plan, "day": "2026-01-02", "note": null})
            })
            .collect();
        let mut observed = Observed::default();
        observed.add(&json!({"data": items}));
        observed
    }

    #[test]
    fn ten_observations_make_a_lie_evident_and_nine_do_not() {
        let against = |count, at: &str, value| observed(count).against(&Pointer::parse(at), &value);
        for (at, value) in [
            ("/data/3/n", json!(-1)),
            ("/data/3/n", json!(1.5)),
            ("/data/3/n", json!("1")),
            ("/data/3/plan", json!("gold")),
            ("/data/3/day", json!("soon")),
            ("/data/3/plan", json!(null)),
        ] {
            assert!(against(10, at, value.clone()).is_some(), "{at} {value}");
            assert!(against(9, at, value.clone()).is_none(), "{at} {value}");
        }
        assert_eq!(against(10, "/data/3/n", json!(43)), None);
        assert_eq!(against(10, "/data/3/day", json!("2026-02-03")), None);
    }

    #[test]
    fn another_scale_is_told_by_a_factor_of_ten() {
        let against = |count, value| observed(count).against_scale(&Pointer::parse("/data/0/n"), &value);
        assert!(against(10, json!(101)).is_some());
        assert!(against(10, json!(0.09)).is_some());
        assert!(against(10, json!("500")).is_some());
        assert_eq!(against(10, json!(100)), None);
        assert_eq!(against(9, json!(5000)), None);
    }

    #[test]
    fn a_habit_says_what_all_values_had_in_common() {
        let habit = |at: &str| observed(10).field(&Pointer::parse(at)).and_then(Field::habit);
        assert_eq!(habit("/data/0/n").unwrap(), "was always a whole number, above 0 in 10 observations");
        assert_eq!(habit("/data/0/plan").unwrap(), "was always a string, one of free, pro in 10 observations");
        assert_eq!(habit("/data/0/day").unwrap(), "was always a string, a date in 10 observations");
        assert_eq!(habit("/data"), None);
    }

    #[test]
    fn members_are_those_of_the_object_itself() {
        let observed = observed(2);
        assert!(observed.members(&Pointer::parse("/data/7")).eq(["day", "n", "note", "plan"]));
        assert!(observed.members(&Pointer::root()).eq(["data"]));
        assert_eq!(observed.objects(&Pointer::parse("/data/0")), 2);
        assert_eq!(observed.field(&Pointer::parse("/data/*/n")).unwrap().examples(), [json!(1), json!(2)]);
    }

    #[test]
    fn a_field_that_was_always_there_may_not_be_missing() {
        assert!(observed(10).against_missing(&Pointer::parse("/data/0/n")).is_some());
        let mut some = observed(10);
        some.add(&json!({"data": [{}]}));
        assert_eq!(some.against_missing(&Pointer::parse("/data/0/n")), None);
    }
}
