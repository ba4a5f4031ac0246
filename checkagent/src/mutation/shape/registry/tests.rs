use std::time::{Duration, SystemTime};

use checkagent_cassette::HttpReply;
use serde_json::Value;

use super::super::Moment;
use super::*;
use crate::mutation::wait::{WaitEncoding, whole_seconds};
use crate::time::{http_date, rfc3339, since_epoch};

const WAITS: [u64; 5] = [200, 1_000, 17_500, 30_000, 600_000];

fn moment(millis: u64) -> Moment {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_166_040_250);
    Moment { wait: Duration::from_millis(millis), now, number: 7 }
}

#[test]
fn every_id_names_one_shape_and_says_where_it_is_from() {
    let mut ids: Vec<_> = shapes().map(|shape| shape.id()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(all >= 70, "{all} shapes");
    assert!(shapes().all(|shape| shape.source().len() > 10));
}

#[test]
fn a_status_fits_what_the_shape_says() {
    for shape in shapes() {
        let status = shape.reply(&moment(1000)).status;
        let fits = match shape.kind() {
            ShapeKind::ErrorIn200 => status == 200,
            ShapeKind::Limit => matches!(status, 400 | 403 | 429 | 503),
            ShapeKind::Quota => matches!(status, 403 | 429),
            ShapeKind::ServerError | ShapeKind::Gateway => matches!(status, 500..=504 | 529),
            ShapeKind::Auth => matches!(status, 200 | 400 | 401 | 403),
            ShapeKind::PageToken => matches!(status, 200 | 400 | 410 | 422),
            ShapeKind::Conflict => matches!(status, 400 | 409 | 412 | 429),
            ShapeKind::Idempotency => matches!(status, 400 | 409),
            ShapeKind::NotFound => status == 404,
            ShapeKind::ContextOverflow | ShapeKind::ContentFilter => status == 400,
        };
        assert!(fits, "{}: {status}", shape.id());
    }
}

#[test]
fn the_content_type_fits_the_body() {
    for shape in shapes() {
        let reply = shape.reply(&moment(1000));
        let media = reply.header("content-type").unwrap();
        let is_json = reply.body().json().is_some();
        assert_eq!(media.contains("json"), is_json, "{}: {media}", shape.id());
        let xml = reply.body().text().unwrap().starts_with("<?xml");
        assert_eq!(media.ends_with("xml"), xml, "{}: {media}", shape.id());
    }
}

#[test]
fn a_retry_after_is_the_wait_rounded_up_and_never_zero() {
    for millis in WAITS {
        for shape in shapes().filter(Shape::tells_every_client) {
            let moment = moment(millis);
            let reply = shape.reply(&moment);
            let told = reply.header("retry-after").unwrap_or_else(|| panic!("{} has none", shape.id()));
            if shape.encodings().contains(&WaitEncoding::HttpDate) {
                assert!(told > http_date(moment.now + moment.wait).as_str(), "{}: {told}", shape.id());
            } else {
                assert_eq!(told, whole_seconds(moment.wait).to_string(), "{}", shape.id());
            }
        }
    }
    for shape in shapes() {
        let told = shape.reply(&moment(0)).header("retry-after").map(str::to_owned);
        assert_ne!(told.as_deref(), Some("0"), "{}", shape.id());
    }
}

#[test]
fn a_shape_that_does_not_tell_the_wait_looks_the_same_whatever_it_is() {
    for shape in shapes().filter(|shape| !shape.tells_the_wait()) {
        assert_eq!(shape.reply(&moment(200)), shape.reply(&moment(600_000)), "{}", shape.id());
        assert_eq!(shape.reply(&moment(200)).header("retry-after"), None, "{}", shape.id());
    }
}

/// Every text of a reply: header values and texts of the body.
fn texts(reply: &HttpReply) -> Vec<String> {
    let mut texts: Vec<_> = reply.headers.iter().map(|(_, value)| value.to_string()).collect();
    if let Some(document) = reply.body().json() {
        checkagent_cassette::json::leaves(&document, &mut |_, value| {
            texts.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        });
    }
    texts
}

#[test]
fn the_wait_stands_in_a_reply_in_every_way_that_the_shape_names() {
    for millis in WAITS {
        for shape in shapes() {
            let moment = moment(millis);
            let reply = shape.reply(&moment);
            for encoding in shape.encodings() {
                let told = encoding.write(moment.wait, moment.now);
                // The day's tokens come back every ten milliseconds only.
                let told = if *encoding == WaitEncoding::GoDuration && millis > 58_000 {
                    encoding.write(Duration::from_millis(millis.div_ceil(10) * 10), moment.now)
                } else {
                    told
                };
                assert!(texts(&reply).contains(&told), "{}: {told} in {reply:?}", shape.id());
            }
        }
    }
}

#[test]
fn a_reset_is_never_before_the_end_of_the_wait_and_at_most_a_minute_after_it() {
    for millis in WAITS {
        for shape in shapes().filter(|shape| shape.id() != "discord.429.shared") {
            let moment = moment(millis);
            let end = moment.now + moment.wait;
            let reply = shape.reply(&moment);
            let resets = reply.headers.iter().filter(|(name, _)| name.contains("reset"));
            for (name, value) in resets {
                let epoch = value.parse::<f64>().ok().filter(|seconds| *seconds > 1e9);
                let in_time = match epoch {
                    Some(seconds) => {
                        let late = seconds - since_epoch(end).as_secs_f64();
                        (-0.001..=2.0).contains(&late)
                    }
                    None if value.contains('T') => {
                        let after = rfc3339(end + Duration::from_secs(61));
                        value[..16] >= rfc3339(end)[..16] && value[..16] <= after[..16]
                    }
                    None => true,
                };
                assert!(in_time, "{} {millis} ms: {name}: {value}", shape.id());
            }
        }
    }
}

#[test]
fn what_is_used_and_what_remains_make_the_limit() {
    let number = |reply: &HttpReply, name: &str| reply.header(name).and_then(|value| value.parse::<u64>().ok());
    for shape in shapes() {
        let reply = shape.reply(&moment(1000));
        if let Some(used) = number(&reply, "x-ratelimit-used") {
            let (limit, remaining) = (number(&reply, "x-ratelimit-limit"), number(&reply, "x-ratelimit-remaining"));
            assert_eq!(limit, remaining.map(|remaining| remaining + used), "{}", shape.id());
        }
    }
}

#[test]
fn a_quota_of_a_day_says_the_rest_of_the_day_everywhere() {
    let moment = moment(0);
    let left = 24 * 60 * 60 - since_epoch(moment.now).as_secs() % (24 * 60 * 60);
    let reply = shape("github_models.429.day").reply(&moment);
    assert_eq!(reply.header("retry-after"), Some(left.to_string().as_str()));
    assert_eq!(reply.header("x-ratelimit-timeremaining"), Some(left.to_string().as_str()));
    let body = reply.body().json().unwrap();
    assert!(body["error"]["message"].as_str().unwrap().contains(&format!("wait {left} seconds")), "{body}");
    let reply = shape("resend.429.day").reply(&moment);
    assert_eq!(reply.header("retry-after"), reply.header("ratelimit-reset"));
}

#[test]
fn a_status_in_the_body_is_the_status() {
    for shape in shapes() {
        let reply = shape.reply(&moment(1000));
        let body = reply.body().json().unwrap_or_default();
        let places = ["/status", "/statusCode", "/status_code", "/error/code", "/error/status", "/0/error/code"];
        for place in places {
            if let Some(Value::Number(number)) = body.pointer(place) {
                assert_eq!(number.as_u64(), Some(reply.status.into()), "{}: {place}", shape.id());
            }
        }
    }
}

#[test]
fn request_ids_differ_from_call_to_call() {
    for id in ["anthropic.529", "openai.500", "aws.s3.slowdown", "notion.429", "msgraph.429", "stripe.rate_limit"] {
        let first = shape(id).reply(&moment(0));
        assert_ne!(first, shape(id).reply(&Moment { number: 8, ..moment(0) }), "{id}");
        assert_eq!(first, shape(id).reply(&moment(0)), "{id}: the same in every run");
    }
}
