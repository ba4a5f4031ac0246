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

fn fit(recording: &Recording, channel: &str, wanted: impl Fn(&Shape) -> bool) -> Fit {
    let shapes_of = |vendor: &'static Vendor| vendor.shapes.iter().copied().filter(|shape| wanted(shape));
    let host = host(recording, channel);
    let vendor = VENDORS.iter().find(|vendor| host.is_some_and(|host| vendor.answers_at(host)));
    let own: Vec<_> = vendor.into_iter().flat_map(shapes_of).collect();
    if !own.is_empty() {
        return Fit { shapes: own, own: true };
    }
    // One look at a channel: its calls are of one kind.
    let posted = recording.interactions().iter().find(|interaction| {
        let post = matches!(&interaction.request, Request::Http(request) if request.method == *"POST");
        interaction.channel == *channel && post
    });
    let offer =
        if posted.is_some_and(checkagent_cassette::Interaction::asks_a_model) { Offer::Model } else { Offer::Service };
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

    #[test]
    fn a_model_fails_as_models_do_and_a_service_as_services_do() {
        let talk = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let recording =
            recording_of(vec![taped("GET", "/records"), taped("POST", "/v1/chat/completions").body(&talk).on("llm")]);
        let mut fitting = Fitting::new(&recording, |shape| shape.kind() == ShapeKind::ServerError);
        let ids = |fit: &Fit| fit.shapes.iter().map(Shape::id).collect::<Vec<_>>();
        let (service, model) = (ids(fitting.at(1)), ids(fitting.at(2)));
        assert!(service.contains(&"notion.529") && !service.contains(&"anthropic.529"));
        assert!(model.contains(&"anthropic.529") && !model.contains(&"notion.529"));
        let mut gateways = Fitting::new(&recording, |shape| shape.kind() == ShapeKind::Gateway);
        assert_eq!(ids(gateways.at(1)), ids(gateways.at(2)));
        let mut errors = Fitting::new(&recording, |shape| shape.kind() == ShapeKind::ErrorIn200);
        assert!(errors.at(2).rotated(2).is_none(), "no model says in a plain 200 that it failed");
    }
}
