//! Fields of replies that an agent may depend on: the sites of schema drift.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use checkagent_cassette::analysis::{Endpoint, Field, Format, Influence, Kind, Meaning, Place};
use checkagent_cassette::json::{Pointer, Step};

use super::analysed::Recording;

/// Fields of one endpoint at most; the most influential ones.
const PER_ENDPOINT: usize = 6;
/// Deeper members are seldom read.
const DEEPEST: usize = 5;

/// A field, and the reply from which on it can be bent.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPlace {
    /// The interaction's number.
    pub interaction: usize,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The place, general: `/data/*/amount`.
    pub pointer: Pointer,
    /// The same place in one item, and the value there.
    pub example: (Pointer, Value),
    /// What it is about.
    pub meaning: Meaning,
    /// Its influence: higher is more.
    pub rank: u32,
    /// Whether no later request carries any value of it. The answer may still depend on it.
    pub flows_nowhere: bool,
}

/// The fields of every endpoint, from its second reply on where there is one: drift comes while the agent works.
pub(super) fn of(recording: &Recording) -> Vec<FieldPlace> {
    let mut replies: BTreeMap<&Endpoint, Vec<usize>> = BTreeMap::new();
    for interaction in recording.interactions().iter().filter(|interaction| interaction.reply.is_success()) {
        replies.entry(recording.endpoint(interaction.number)).or_default().push(interaction.number);
    }
    let reach = Reach::of(recording);
    let mut places = Vec::new();
    for (endpoint, numbers) in replies {
        let Some(observed) = recording.observed(endpoint) else { continue };
        let fields = observed.fields().filter(|(pointer, field)| is_field(pointer) && is_scalar(field));
        let mut fields: Vec<_> = fields
            .map(|(pointer, field)| {
                let influence = reach.on(endpoint, pointer);
                (influence + weight(field), pointer, influence == 0)
            })
            .collect();
        fields.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        // The second reply first, then the others in order.
        let order = numbers.iter().skip(1).chain(numbers.first());
        let mut documents = Documents { recording, parsed: BTreeMap::new() };
        let found = fields.into_iter().filter_map(|(rank, pointer, unlinked)| {
            let (interaction, example) =
                order.clone().find_map(|number| Some((*number, documents.example(*number, pointer)?)))?;
            let meaning = Meaning::of(pointer.field().unwrap_or_default(), &example.1);
            Some(FieldPlace {
                interaction,
                endpoint: endpoint.clone(),
                pointer: pointer.clone(),
                example,
                meaning,
                rank,
                flows_nowhere: unlinked,
            })
        });
        places.extend(varied(found.collect()));
    }
    for place in &mut places {
        // What links nothing may still be there again.
        place.flows_nowhere &= recording.flow().flows_nowhere(place.interaction, &place.pointer, None);
    }
    places
}

/// The most influential fields. Times and states drift in ways of their own: where an endpoint has some, one is kept.
fn varied(mut fields: Vec<FieldPlace>) -> Vec<FieldPlace> {
    let rest = fields.split_off(PER_ENDPOINT.min(fields.len()));
    let mut at = fields.len();
    for meaning in [Meaning::Time, Meaning::State] {
        let other = rest.iter().find(|field| field.meaning == meaning);
        if let (Some(other), false) = (other, fields.iter().any(|field| field.meaning == meaning)) {
            at -= 1;
            fields[at] = other.clone();
        }
    }
    fields
}

/// Parsed replies of one endpoint, each parsed once.
struct Documents<'r> {
    recording: &'r Recording,
    parsed: BTreeMap<usize, Cow<'r, Value>>,
}

impl Documents<'_> {
    /// Where it has a value; of a list, in the item in the middle: neither end is special.
    fn example(&mut self, number: usize, pointer: &Pointer) -> Option<(Pointer, Value)> {
        let recording = self.recording;
        let parse = || recording.reply_document(number).unwrap_or_default();
        let mut places = pointer.resolve(self.parsed.entry(number).or_insert_with(parse));
        places.retain(|(_, value)| !value.is_null());
        let (place, value) = places.get(places.len() / 2)?;
        Some((place.clone(), (*value).clone()))
    }
}

fn is_field(pointer: &Pointer) -> bool {
    pointer.steps().len() <= DEEPEST && matches!(pointer.steps().last(), Some(Step::Key(_)))
}

fn is_scalar(field: &Field) -> bool {
    field.kinds().iter().any(|kind| !matches!(kind, Kind::Array | Kind::Object | Kind::Null))
}

/// What a field is worth by itself: numbers are added up, times are seldom looked at.
fn weight(field: &Field) -> u32 {
    match field.format() {
        Some(Format::Url) => 10,
        Some(format) if format.is_time() => 10,
        Some(Format::Uuid) => 20,
        _ if field.kinds().iter().any(|kind| matches!(kind, Kind::Integer | Kind::Float)) => 40,
        _ => 30,
    }
}

/// How many later requests carry a value of each field; those that are addressed with it count more.
struct Reach<'r>(HashMap<(&'r Endpoint, Pointer), u32>);

impl<'r> Reach<'r> {
    fn of(recording: &'r Recording) -> Self {
        let mut carried: HashMap<_, u32> = HashMap::new();
        for link in recording.flow().links() {
            if let (Place::Body(source, None), true) =
                (&link.source, recording.interaction(link.from).reply.is_success())
            {
                let addressed = matches!(link.sink, Place::Path(_) | Place::Query(_) | Place::Target);
                let weight = (Influence { addressed: addressed.into(), echoed: (!addressed).into() }).weight();
                let sum = carried.entry((recording.endpoint(link.from), source.generalised())).or_default();
                *sum += u32::try_from(weight).unwrap_or_default();
            }
        }
        Self(carried)
    }

    fn on(&self, endpoint: &'r Endpoint, pointer: &Pointer) -> u32 {
        self.0.get(&(endpoint, pointer.clone())).copied().unwrap_or_default().min(5) * 10
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{reads, recording};

    #[test]
    fn among_many_fields_one_time_and_one_state_are_kept() {
        let record = r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"at":"2026-01-02","name":"x","status":"open"}"#;
        let recording = reads(&[record, record]);
        let names: Vec<_> = recording.fields().iter().filter_map(|field| field.pointer.field()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "status", "at"]);
        assert!(recording.fields().iter().all(|field| field.interaction == 2));
    }

    #[test]
    fn the_example_of_a_field_is_one_that_has_a_value() {
        let recording = reads(&[r#"{"next":"t-1"}"#, r#"{"next":"t-2"}"#, r#"{"next":null}"#]);
        assert_eq!(recording.fields()[0].interaction, 2);
        let recording = reads(&[r#"{"next":"t-1"}"#, r#"{"next":null}"#]);
        assert_eq!((recording.fields()[0].interaction, &recording.fields()[0].example.1), (1, &Value::from("t-1")));
        let recording = reads(&[r#"{"l":[{"a":1},{"a":null},{"a":2}]}"#]);
        assert_eq!(recording.fields()[0].example.1, 2);
    }

    #[test]
    fn few_fields_are_all_kept() {
        let recording = reads(&[r#"{"a":1,"at":"2026-01-02","l":[{"b":true}],"n":null}"#]);
        let meanings: Vec<_> = recording.fields().iter().map(|field| field.meaning).collect();
        assert_eq!(meanings, [Meaning::Number, Meaning::Flag, Meaning::Time]);
    }

    #[test]
    fn what_later_requests_carry_comes_first_and_what_they_do_not_is_marked() {
        let record = |n: u32| json!({"note": format!("nothing {n}"), "ref": format!("ref-{n}77a01")});
        let get = |target, reply| ("GET", target, Value::Null, reply);
        let recording = recording(&[
            get("/items", json!([record(1), record(2)])),
            get("/refs/ref-177a01", json!({})),
            get("/refs/ref-277a01", json!({})),
        ]);
        let fields: Vec<_> = recording
            .fields()
            .iter()
            .map(|field| (field.pointer.field().unwrap_or_default(), field.flows_nowhere))
            .collect();
        assert_eq!(fields, [("ref", false), ("note", true)]);
    }
}
