//! `HubSpot`: the same status for a window of ten seconds and for the day.

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.hubapi.com"], SHAPES);

fn limit(moment: &Moment, message: &str, policy: &str) -> HttpReply {
    json(
        429,
        &json!({
            "status": "error",
            "message": message,
            "errorType": "RATE_LIMIT",
            "correlationId": moment.uuid(),
            "policyName": policy,
        }),
    )
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "hubspot.429.tensec",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "HubSpot changelog of 2018-11-06 (headers) and a body in public tests: a window, but no Retry-After",
        reply: |moment| {
            limit(moment, "You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING")
                .with("x-hubspot-ratelimit-interval-milliseconds", 10_000)
                .with("x-hubspot-ratelimit-max", 100)
                .with("x-hubspot-ratelimit-remaining", 0)
        },
    },
    Shape {
        id: "hubspot.429.daily",
        kind: ShapeKind::Quota,
        hint: Hint::Untold,
        source: "HubSpot changelog of 2018-11-06: only the policy tells that today nothing helps",
        reply: |moment| {
            limit(moment, "You have reached your daily limit.", "DAILY")
                .with("x-hubspot-ratelimit-daily", 250_000)
                .with("x-hubspot-ratelimit-daily-remaining", 0)
        },
    },
    Shape {
        id: "hubspot.after",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "HubSpot-public-api-spec-collection: category VALIDATION_ERROR",
        reply: |moment| {
            json(
                400,
                &json!({
                    "status": "error",
                    "message": "The after token is not valid.",
                    "correlationId": moment.uuid(),
                    "category": "VALIDATION_ERROR",
                }),
            )
        },
    },
];
