//! Azure: OpenAI's models behind its API Management.

use serde_json::json;

use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::model(&["openai.azure.com", "azure-api.net"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "azure.429",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::Millis, WaitEncoding::Seconds]),
        source: "Microsoft's docs quote the body of API Management; azure-sdk-for-js and openai-python read retry-after-ms first",
        reply: |moment| {
            let message = format!("Rate limit is exceeded. Try again in {} seconds.", moment.seconds());
            json(429, &json!({"statusCode": 429, "message": message}))
                .retry_after(moment)
                .with("retry-after-ms", moment.write(WaitEncoding::Millis))
        },
    },
    Shape {
        id: "azure.filter_400",
        kind: ShapeKind::ContentFilter,
        hint: Hint::Untold,
        source: "pnp/proxy-samples, azure-ai-responsible-ai-filters",
        reply: |_| {
            let safe = json!({"filtered": false, "severity": "safe"});
            let result = json!({
                "hate": {"filtered": true, "severity": "high"},
                "self_harm": safe, "sexual": safe, "violence": safe,
            });
            let message = "The response was filtered due to the prompt triggering the content management policy.";
            json(
                400,
                &json!({"error": {
                    "message": message, "type": null, "param": "prompt", "code": "content_filter", "status": 400,
                    "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": result},
                }}),
            )
        },
    },
];
