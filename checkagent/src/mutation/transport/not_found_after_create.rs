//! What was just created cannot be read yet.

use std::collections::BTreeSet;

use checkagent_cassette::analysis::Place;
use checkagent_cassette::{Fidelity, Request};

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A record that is not there yet. See [`not_found_after_create`].
#[derive(Clone, Debug)]
pub struct NotFoundAfterCreate {
    times: u32,
    shape: Option<Shape>,
}

/// The first read of something that was just created gives 404; a moment later it is there.
///
/// Found by value flow: an effect's reply brought an id that the path of a later read carries.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::not_found_after_create;
///
/// let slow_index = not_found_after_create().times(3);
/// ```
#[must_use]
pub fn not_found_after_create() -> NotFoundAfterCreate {
    NotFoundAfterCreate { times: 1, shape: None }
}

impl NotFoundAfterCreate {
    /// How often it is not found.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The body of one vendor: `notion.404`, `google.404`, `msgraph.404`, `airtable.404`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::NotFound, id));
        self
    }
}

fn not_found(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::NotFound
}

impl Operator for NotFoundAfterCreate {
    fn id(&self) -> &'static str {
        "not_found_after_create"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The first read of something that was just created gives 404; a moment later it is there.",
            seen: "services that replicate: Microsoft Graph's directory, search indexes, read replicas",
            source: "public clients of Microsoft Graph that wait for Request_ResourceNotFound to pass",
            sites: "the first read whose path carries an id that an effect's reply brought, found by value flow",
            good: "waits and reads again; it does not create the thing a second time",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        for link in recording.flow().links() {
            let read = recording.interaction(link.to);
            let Request::Http(request) = &read.request else { continue };
            let in_path = matches!(link.sink, Place::Path(_));
            let created = recording.changed_something(link.from) && !recording.asks_for_effect(read.number);
            let same_channel = recording.interaction(link.from).channel == read.channel;
            if in_path && created && same_channel && read.reply.is_success() && request.method == *"GET" {
                // The first read of each thing.
                if seen.insert((link.from, &link.value)) {
                    found.insert(link.to);
                }
            }
        }
        let evident = || Lie::Evident("the service had said that it was created".to_owned());
        found.into_iter().map(|number| Site::at(number).rank(100).lie(evident())).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, not_found);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("google.404"));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixture::{ORDER, calls, places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};

    #[test]
    fn it_applies_to_the_first_read_of_what_was_created() {
        let mut talk = calls();
        talk.push(taped("GET", &format!("/orders/{ORDER}")).reply(&json!({"id": ORDER})));
        assert_eq!(places(&recording_of(talk), &not_found_after_create()), ["4"]);
    }

    #[test]
    fn it_does_not_apply_to_what_a_list_showed_or_what_is_written() {
        let listed = recording_of(vec![
            taped("GET", "/orders").reply(&json!([{"id": ORDER}])),
            taped("GET", &format!("/orders/{ORDER}")).reply(&json!({"id": ORDER})),
        ]);
        assert!(not_found_after_create().sites(&listed).is_empty());
        let deleted = recording_of(vec![
            taped("POST", "/orders").body(&json!({"item": 1})).reply(&json!({"id": ORDER})),
            taped("DELETE", &format!("/orders/{ORDER}")),
        ]);
        assert!(not_found_after_create().sites(&deleted).is_empty());
    }

    #[test]
    fn a_moment_later_it_is_there() {
        delivered(&shop(), not_found_after_create);
        let mut session = Session::first(&shop(), not_found_after_create());
        session.again(3);
        let path = format!("/orders/{ORDER}");
        assert_eq!(session.ask("GET", &path, Value::Null).0, 404);
        assert_eq!(session.get(&path)["id"], ORDER);
    }
}
