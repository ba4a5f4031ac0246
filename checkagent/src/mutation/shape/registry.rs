//! The shapes that there are.

use super::shape::{Shape, ShapeKind};
use super::vendor::Vendor;
use super::{
    airtable, anthropic, attio, aws, azure, couchdb, discord, gateway, gemini, github, github_models, google, graph,
    hubspot, jira, notion, openai, resend, salesforce, shopify, slack, stripe, twilio, zendesk,
};

/// Every vendor. A host is the first one's that names it: Gemini's is also one of Google's.
pub(super) const VENDORS: &[Vendor] = &[
    airtable::VENDOR,
    anthropic::VENDOR,
    attio::VENDOR,
    aws::VENDOR,
    azure::VENDOR,
    couchdb::VENDOR,
    discord::VENDOR,
    gateway::VENDOR,
    gemini::VENDOR,
    github::VENDOR,
    github_models::VENDOR,
    google::VENDOR,
    graph::VENDOR,
    hubspot::VENDOR,
    jira::VENDOR,
    notion::VENDOR,
    openai::VENDOR,
    resend::VENDOR,
    salesforce::VENDOR,
    shopify::VENDOR,
    slack::VENDOR,
    stripe::VENDOR,
    twilio::VENDOR,
    zendesk::VENDOR,
];

/// Every shape.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::shape::shapes;
///
/// assert!(shapes().any(|shape| shape.id() == "github.rest.secondary"));
/// ```
pub fn shapes() -> impl Iterator<Item = Shape> {
    VENDORS.iter().flat_map(|vendor| vendor.shapes).copied()
}

/// The shapes of one kind, in a fixed order.
#[must_use]
pub fn of_kind(kind: ShapeKind) -> Vec<Shape> {
    shapes().filter(|shape| shape.kind() == kind).collect()
}

/// The shape of that id.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
#[must_use]
pub fn shape(id: &str) -> Shape {
    named_among(&shapes().collect::<Vec<_>>(), id)
}

/// Another vendor at each site, always the same one at the same site. Only those that say it by their status: a client
/// that knows none of them can see that.
pub(in crate::mutation) fn rotated(kind: ShapeKind, number: usize) -> Shape {
    let mut shapes = of_kind(kind);
    let moment = super::Moment::with_wait(std::time::Duration::ZERO);
    shapes.retain(|shape| shape.reply(&moment).status >= 400);
    shapes[number % shapes.len()]
}

/// The shape of that id, if it is one of that kind.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
pub(in crate::mutation) fn named(kind: ShapeKind, id: &str) -> Shape {
    named_among(&of_kind(kind), id)
}

/// The shape of that id among these.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
pub(in crate::mutation) fn named_among(known: &[Shape], id: &str) -> Shape {
    known.iter().copied().find(|shape| shape.id() == id).unwrap_or_else(|| {
        let known: Vec<_> = known.iter().map(Shape::id).collect();
        panic!("no such shape here: `{id}`; known are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests;
