//! Which shapes fit a place: those of the vendor that is recorded there.

use std::collections::HashMap;

use checkagent_cassette::{ChannelKind, Request};

use super::registry::VENDORS;
use super::shape::Shape;
use super::vendor::{Offer, Vendor};
use crate::recording::Recording;

/// Shapes for the interactions of a recording: of the vendor whose host the channel has; else of models where a model is
/// asked, and of services everywhere else.
pub(in crate::mutation) struct Fitting<'r, F> {
    recording: &'r Recording,
    wanted: F,
    by_channel: HashMap<&'r str, Fit>,
}

/// The shapes that fit a channel.
#[derive(Clone, Debug, Default)]
pub(in crate::mutation) struct Fit {
    /// The shapes, in a fixed order.
    pub shapes: Vec<Shape>,
    /// Whether they are those of the channel's own vendor.
    pub own: bool,
}

impl Fit {
    /// Another one at each site, always the same one at the same site.
    pub(in crate::mutation) fn rotated(&self, number: usize) -> Option<Shape> {
        self.shapes.get(number.checked_rem(self.shapes.len())?).copied()
    }
}

impl<'r, F: Fn(&Shape) -> bool> Fitting<'r, F> {
    pub(in crate::mutation) fn new(recording: &'r Recording, wanted: F) -> Self {
        Self { recording, wanted, by_channel: HashMap::new() }
    }

    /// The shapes for the channel of an interaction.
    pub(in crate::mutation) fn at(&mut self, number: usize) -> &Fit {
        let recording = self.recording;
        let channel = recording.interaction(number).channel.as_str();
        self.by_channel.entry(channel).or_insert_with(|| fit(recording, channel, &self.wanted))
    }
}

/// The shape for one place; another one at each, always the same one at the same place.
pub(in crate::mutation) fn fitting(
    recording: &Recording,
    number: usize,
    wanted: impl Fn(&Shape) -> bool,
) -> Option<Shape> {
    Fitting::new(recording, wanted).at(number).rotated(number)
}

fn fit(recording: &Recording, channel: &str, wanted: impl Fn(&Shape) -> bool) -> Fit {
    let shapes_of = |vendor: &'static Vendor| vendor.shapes.iter().copied().filter(|shape| wanted(shape));
    // One look at a channel: its calls are of one kind.
    let posted = recording.interactions().iter().find(|interaction| {
        let post = matches!(&interaction.request, Request::Http(request) if request.method == *"POST");
        interaction.channel == *channel && post
    });
    let model = posted.is_some_and(checkagent_cassette::Interaction::asks_a_model);
    let offer = if model { Offer::Model } else { Offer::Service };
    let host = host(recording, channel);
    let vendor = VENDORS.iter().find(|vendor| host.is_some_and(|host| vendor.answers_at(host)));
    // A model in a cloud does not fail as the cloud's storage does.
    let own = vendor.filter(|vendor| vendor.offers == Offer::Model || vendor.offers == offer);
    let own: Vec<_> = own.into_iter().flat_map(shapes_of).collect();
    if !own.is_empty() {
        return Fit { shapes: own, own: true };
    }
    let alike = VENDORS.iter().filter(|vendor| vendor.offers == offer || vendor.offers == Offer::Anything);
    Fit { shapes: alike.flat_map(shapes_of).collect(), own: false }
}

fn host<'r>(recording: &'r Recording, channel: &str) -> Option<&'r str> {
    let ChannelKind::Http { base } = &recording.cassette().header().channels.get(channel)?.kind else { return None };
    let origin = base.split_once("://")?.1.split('/').next()?;
    Some(origin.split_once(':').map_or(origin, |(host, _)| host))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{recording_of, taped};
    use crate::mutation::shape::ShapeKind;

    /// A service and a model, both at that host.
    fn recorded_at(host: &str) -> Recording {
        let talk = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let calls = vec![taped("GET", "/records"), taped("POST", "/v1/chat/completions").body(&talk).on("llm")];
        let recording = recording_of(calls);
        let mut header = recording.cassette().header().clone();
        for channel in header.channels.values_mut() {
            channel.kind = ChannelKind::Http { base: format!("https://{host}:8443/v1") };
        }
        let cassette = checkagent_cassette::Cassette::new(header, recording.interactions().to_vec());
        std::sync::Arc::into_inner(Recording::new(cassette, Vec::new())).expect("nobody else has it")
    }

    fn ids(recording: &Recording, number: usize, kind: ShapeKind) -> Vec<&'static str> {
        let mut fitting = Fitting::new(recording, |shape| shape.kind() == kind);
        fitting.at(number).shapes.iter().map(Shape::id).collect()
    }

    #[test]
    fn a_model_fails_as_models_do_and_a_service_as_services_do() {
        let recording = recorded_at("api.example");
        let (service, model) = (ids(&recording, 1, ShapeKind::ServerError), ids(&recording, 2, ShapeKind::ServerError));
        assert!(service.contains(&"notion.529") && !service.contains(&"anthropic.529"));
        assert!(model.contains(&"anthropic.529") && !model.contains(&"notion.529"));
        assert_eq!(ids(&recording, 1, ShapeKind::Gateway), ids(&recording, 2, ShapeKind::Gateway));
        let none = fitting(&recording, 2, |shape| shape.kind() == ShapeKind::ErrorIn200);
        assert_eq!(none, None, "no model says in a plain 200 that it failed");
    }

    #[test]
    fn a_recorded_vendor_fails_in_its_own_way() {
        assert_eq!(ids(&recorded_at("eu.api.stripe.com"), 1, ShapeKind::Conflict), ["stripe.lock_timeout"]);
        assert_eq!(ids(&recorded_at("api.openai.com"), 2, ShapeKind::ServerError), ["openai.500"]);
        assert_eq!(ids(&recorded_at("generativelanguage.googleapis.com"), 2, ShapeKind::ServerError), ["ge.503"]);
    }

    #[test]
    fn a_model_in_a_cloud_does_not_fail_as_the_clouds_storage_does() {
        let recording = recorded_at("bedrock-runtime.us-east-1.amazonaws.com");
        assert_eq!(ids(&recording, 1, ShapeKind::ServerError), ["aws.s3.slowdown"]);
        assert!(!ids(&recording, 2, ShapeKind::ServerError).contains(&"aws.s3.slowdown"));
    }
}
