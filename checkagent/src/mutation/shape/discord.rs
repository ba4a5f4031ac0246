//! Discord: a wait in four places, which do not always agree.

use std::time::Duration;

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["discord.com", "discordapp.com"], SHAPES);

const LIMITED: &str = "You are being rate limited.";

/// The body has the fraction, the header is rounded up.
fn limit(moment: &Moment, message: &str, global: bool, scope: &str) -> HttpReply {
    let wait = moment.wait.as_secs_f64();
    json(429, &json!({"message": message, "retry_after": wait, "global": global}))
        .retry_after(moment)
        .with("x-ratelimit-scope", scope)
}

/// The state of the route's own bucket.
fn bucket(reply: HttpReply, moment: &Moment, remaining: u32) -> HttpReply {
    reply
        .with("x-ratelimit-limit", 10)
        .with("x-ratelimit-remaining", remaining)
        .with("x-ratelimit-reset", moment.write(WaitEncoding::EpochFloat))
        .with("x-ratelimit-reset-after", moment.write(WaitEncoding::Float))
        .with("x-ratelimit-bucket", "abcd1234")
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "discord.429.user",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::EpochFloat, WaitEncoding::Float, WaitEncoding::Seconds]),
        source: "discord/discord-api-docs, topics/rate-limits",
        reply: |moment| bucket(limit(moment, LIMITED, false, "user"), moment, 0),
    },
    Shape {
        id: "discord.429.shared",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::Seconds]),
        source: "discord/discord-api-docs, topics/rate-limits: the bucket is not empty and resets earlier; the wait is that of the resource",
        reply: |moment| {
            let own = Moment { wait: hundredths(moment.wait / 20), ..*moment };
            bucket(limit(moment, "The resource is being rate limited.", false, "shared"), &own, 9)
        },
    },
    Shape {
        id: "discord.429.global",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::Seconds]),
        source: "discord/discord-api-docs, topics/rate-limits: no bucket, every route is limited",
        reply: |moment| limit(moment, LIMITED, true, "global").with("x-ratelimit-global", "true"),
    },
];

fn hundredths(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis() / 10 * 10).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::registry::shape;
    use super::*;
    use crate::time::since_epoch;

    fn number(reply: &HttpReply, name: &str) -> f64 {
        reply.header(name).unwrap().parse().unwrap()
    }

    #[test]
    fn header_and_body_agree_but_for_the_fraction() {
        let moment = Moment::with_wait(Duration::from_millis(64_570));
        for id in ["discord.429.user", "discord.429.shared", "discord.429.global"] {
            let reply = shape(id).reply(&moment);
            assert_eq!(reply.header("retry-after"), Some("65"), "{id}");
            assert_eq!(reply.body().json().unwrap()["retry_after"], 64.57, "{id}");
        }
        let user = shape("discord.429.user").reply(&moment);
        let reset = number(&user, "x-ratelimit-reset") - since_epoch(moment.now).as_secs_f64();
        assert!((reset - 64.57).abs() < 0.01 && (number(&user, "x-ratelimit-reset-after") - 64.57).abs() < 0.01);
        assert_eq!(user.header("x-ratelimit-remaining"), Some("0"));
    }

    #[test]
    fn a_shared_limit_contradicts_its_own_bucket_as_the_real_one_does() {
        let moment = Moment::with_wait(Duration::from_millis(1_336_570));
        let reply = shape("discord.429.shared").reply(&moment);
        assert_eq!(reply.header("retry-after"), Some("1337"));
        assert_eq!(reply.header("x-ratelimit-remaining"), Some("9"));
        let (after, reset) = (number(&reply, "x-ratelimit-reset-after"), number(&reply, "x-ratelimit-reset"));
        assert!(after < 1336.0, "the bucket resets long before: {after}");
        assert!((reset - since_epoch(moment.now).as_secs_f64() - after).abs() < 0.01, "the bucket agrees with itself");
    }
}
