//! GitHub, REST and GraphQL.

use serde_json::json;

use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.github.com", "uploads.github.com"], SHAPES);

const DOCS: &str = "https://docs.github.com/rest";

const SHAPES: &[Shape] = &[
    Shape {
        id: "github.rest.primary",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::EpochSeconds]),
        source: "github/docs, rate limits of the REST API: a 403 or a 429 without Retry-After; KnpLabs/php-github-api#1070",
        reply: |moment| {
            let message = "API rate limit exceeded for installation ID 4711.";
            json(403, &json!({"message": message, "documentation_url": DOCS}))
                .with("x-ratelimit-limit", 5000)
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-used", 5000)
                .with("x-ratelimit-reset", moment.write(WaitEncoding::EpochSeconds))
                .with("x-ratelimit-resource", "core")
        },
    },
    Shape {
        id: "github.rest.secondary",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "github/docs, rate limits of the REST API; KnpLabs/php-github-api#1072: a 403 whose remaining count is not 0",
        reply: |moment| {
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            json(403, &json!({"message": message, "documentation_url": DOCS}))
                .retry_after(moment)
                .with("x-ratelimit-limit", 30)
                .with("x-ratelimit-remaining", 14)
                .with("x-ratelimit-used", 16)
                .with("x-ratelimit-resource", "search")
        },
    },
    Shape {
        id: "github.rest.secondary.no_hint",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "hub4j/github-api#1805: a secondary limit without Retry-After; octokit/plugin-throttling.js knows it by its text",
        reply: |_| {
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            json(403, &json!({"message": message, "documentation_url": DOCS}))
        },
    },
    Shape {
        id: "github.graphql.primary",
        kind: ShapeKind::ErrorIn200,
        hint: Hint::Own(&[WaitEncoding::EpochSeconds]),
        source: "github/docs, rate limits of the GraphQL API; octokit/plugin-throttling.js: errors[].type",
        reply: |moment| {
            let message = "API rate limit exceeded for user ID 4711.";
            json(200, &json!({"errors": [{"type": "RATE_LIMITED", "message": message}]}))
                .with("x-ratelimit-limit", 5000)
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-used", 5000)
                .with("x-ratelimit-reset", moment.write(WaitEncoding::EpochSeconds))
                .with("x-ratelimit-resource", "graphql")
        },
    },
    Shape {
        id: "github.graphql.secondary",
        kind: ShapeKind::ErrorIn200,
        hint: SECONDS,
        source: "github/docs, rate limits of the GraphQL API: a 200 or a 403",
        reply: |moment| json(200, &json!({"message": "You have exceeded a secondary rate limit."})).retry_after(moment),
    },
    Shape {
        id: "github.graphql.timeout",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "github/docs, query limits of the GraphQL API: the server's limit of ten seconds",
        reply: |_| json(502, &json!({"message": "We couldn't respond to your request in time"})),
    },
    Shape {
        id: "github.graphql.cursor",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "octokit/graphql.js, test/error.test.ts: partial data beside the error, with status 200",
        reply: |_| {
            let error = json!({
                "type": "INVALID_CURSOR_ARGUMENTS",
                "path": ["repository", "issues"],
                "locations": [{"line": 1, "column": 30}],
                "message": "the value does not appear to be a valid cursor",
            });
            json(200, &json!({"data": {"repository": {"issues": null}}, "errors": [error]}))
        },
    },
    Shape {
        id: "github.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "quoted in many public issues and tests",
        reply: |_| json(401, &json!({"message": "Bad credentials", "documentation_url": DOCS, "status": "401"})),
    },
    Shape {
        id: "github.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "quoted in many public issues and tests",
        reply: |_| json(404, &json!({"message": "Not Found", "documentation_url": DOCS, "status": "404"})),
    },
];
