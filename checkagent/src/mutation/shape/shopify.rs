//! Shopify, Admin GraphQL and REST.

use std::time::Duration;

use serde_json::json;

use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["myshopify.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "shopify.graphql.throttled",
        kind: ShapeKind::ErrorIn200,
        // To be computed: what the query lacks, divided by what comes back in a second.
        hint: Hint::Own(&[]),
        source: "gist lacom/56e38348: status 200, no `data`; the wait is (requested - available) / restore rate",
        reply: |moment| {
            let cost = Cost::lacking(moment.wait);
            let extensions = json!({"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"});
            json(
                200,
                &json!({
                    "errors": [{"message": "Throttled", "extensions": extensions}],
                    "extensions": {"cost": {
                        "requestedQueryCost": cost.requested,
                        "actualQueryCost": null,
                        "throttleStatus": {
                            "maximumAvailable": Cost::MAXIMUM,
                            "currentlyAvailable": cost.available,
                            "restoreRate": cost.restore_rate,
                        },
                    }},
                }),
            )
        },
    },
    Shape {
        id: "shopify.rest.429",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::Float]),
        source: "shopify.dev, rate limits of the Admin REST API: `Retry-After: 2.0`; `errors` is a text here, an object elsewhere",
        reply: |moment| {
            let message = "Exceeded 2 calls per second for api client. Reduce request rates.";
            json(429, &json!({ "errors": message }))
                .with("retry-after", moment.write(WaitEncoding::Float))
                .with("x-shopify-shop-api-call-limit", "40/40")
        },
    },
];

/// What a query costs, and what there is of it.
struct Cost {
    requested: u64,
    available: u64,
    restore_rate: u64,
}

impl Cost {
    const MAXIMUM: u64 = 1000;

    /// So much that the bucket holds enough again when the wait is over.
    fn lacking(wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        // The full rate; less where a longer wait would ask for more than the bucket can hold. The service lowers it
        // when it is under pressure.
        let restore_rate = (900_000 / millis.max(1)).clamp(1, 50);
        let lacking = millis.saturating_mul(restore_rate).div_ceil(1000).max(1);
        let requested = lacking.saturating_add(30).max(70);
        Self { requested, available: requested - lacking, restore_rate }
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry::shape;
    use super::*;
    use crate::mutation::shape::Moment;

    #[test]
    fn the_missing_points_come_back_within_the_wait() {
        for millis in [0, 80, 1400, 2000, 30_000, 74_000, 600_000] {
            let wait = Duration::from_millis(millis);
            let reply = shape("shopify.graphql.throttled").reply(&Moment::with_wait(wait));
            let body = reply.body().json().unwrap();
            assert_eq!((reply.status, body.get("data")), (200, None));
            let cost = &body["extensions"]["cost"];
            let number = |pointer: &str| cost.pointer(pointer).unwrap().as_u64().unwrap();
            let (requested, available) = (number("/requestedQueryCost"), number("/throttleStatus/currentlyAvailable"));
            let rate = number("/throttleStatus/restoreRate");
            assert!(available < requested && requested <= number("/throttleStatus/maximumAvailable"), "{cost}");
            let told = (requested - available) * 1000 / rate;
            assert!(told >= millis && told <= millis + 1000 / rate, "{millis} ms: {cost}");
        }
    }

    #[test]
    fn the_wait_of_the_rest_api_has_a_fraction() {
        let reply = shape("shopify.rest.429").reply(&Moment::with_wait(Duration::from_secs(2)));
        assert_eq!(reply.header("retry-after"), Some("2.0"));
    }
}
