//! How a service writes the wait that it asks for.

use std::time::{Duration, SystemTime};

use checkagent_cassette::HttpReply;

use super::shape::{Moment, Shape};
use crate::time::{http_date, rfc3339, since_epoch};

/// How a service refuses calls for a while.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// As one vendor does it: status, headers and body together, with numbers that add up.
    Shaped(Shape),
    /// As a vendor does it that is another than the one of the channel: a client need not know where that one writes the
    /// wait, unless it is in `Retry-After`.
    Foreign(Shape),
    /// With this reply, and the wait in a header.
    Reply {
        /// The reply.
        reply: HttpReply,
        /// Where and how the wait is written; `None` for a service that does not say.
        hint: Option<WaitHint>,
    },
}

impl Refusal {
    /// The reply at a moment.
    #[must_use]
    pub fn reply(&self, moment: &Moment) -> HttpReply {
        match self {
            Self::Shaped(shape) | Self::Foreign(shape) => shape.reply(moment),
            Self::Reply { reply, hint } => {
                let mut reply = reply.clone();
                if let Some(hint) = hint {
                    let value = hint.encoding.write(moment.wait, moment.now);
                    reply.headers.push((hint.header.as_str().into(), value.into()));
                }
                reply
            }
        }
    }

    /// Whether the reply says how long to wait, as the client can know. A client cannot violate a wait of which it was
    /// not told.
    #[must_use]
    pub fn tells_the_wait(&self) -> bool {
        match self {
            Self::Shaped(shape) => shape.tells_the_wait(),
            Self::Foreign(shape) => shape.tells_every_client() && is_known_to_all(self),
            Self::Reply { hint, .. } => hint.is_some(),
        }
    }
}

/// Whether every client knows that such a status may come with `Retry-After`: RFC 6585, 4 and RFC 9110, 10.2.3. That a 403
/// may be a limit only GitHub's and Google's clients know.
fn is_known_to_all(refusal: &Refusal) -> bool {
    matches!(refusal.reply(&Moment::with_wait(Duration::ZERO)).status, 429 | 503)
}

/// A header with a wait in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitHint {
    /// The header's name, in lower case.
    pub header: String,
    /// How the wait is written.
    pub encoding: WaitEncoding,
}

impl WaitHint {
    /// `Retry-After`, written in that way.
    #[must_use]
    pub fn retry_after(encoding: WaitEncoding) -> Self {
        Self { header: "retry-after".to_owned(), encoding }
    }
}

/// How a wait is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitEncoding {
    /// `30`: whole seconds, rounded up.
    Seconds,
    /// `30.0`: seconds with a fraction.
    Float,
    /// `30000`: milliseconds.
    Millis,
    /// `Tue, 23 May 2023 14:42:01 GMT`.
    HttpDate,
    /// `1655120964`: seconds since 1970.
    EpochSeconds,
    /// `1470173023.123`: seconds since 1970 with a fraction.
    EpochFloat,
    /// `1m3.5s`, `644ms`: as Go prints a duration.
    GoDuration,
    /// `2026-01-01T00:15:00Z`.
    Rfc3339,
    /// `2026-01-30T17:02Z`: ISO 8601 without seconds, rounded up.
    Minute,
    /// `26s`: a duration of Protocol Buffers in JSON.
    ProtoDuration,
}

impl WaitEncoding {
    /// Every encoding, in the order in which sites take turns.
    pub const ALL: [Self; 10] = [
        Self::Seconds,
        Self::HttpDate,
        Self::EpochSeconds,
        Self::Float,
        Self::Millis,
        Self::Rfc3339,
        Self::Minute,
        Self::ProtoDuration,
        Self::EpochFloat,
        Self::GoDuration,
    ];

    /// As it stands in the names of cases: `http_date`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Float => "float",
            Self::Millis => "millis",
            Self::HttpDate => "http_date",
            Self::EpochSeconds => "epoch_seconds",
            Self::EpochFloat => "epoch_float",
            Self::GoDuration => "go_duration",
            Self::Rfc3339 => "rfc3339",
            Self::Minute => "minute",
            Self::ProtoDuration => "proto_duration",
        }
    }

    /// Writes a wait that begins `now` (wall clock). A client that waits as told is never too early: what is rounded
    /// is rounded up.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use checkagent::mutation::WaitEncoding;
    ///
    /// let (wait, now) = (Duration::from_millis(90_500), SystemTime::UNIX_EPOCH);
    /// assert_eq!(WaitEncoding::Seconds.write(wait, now), "91");
    /// assert_eq!(WaitEncoding::GoDuration.write(wait, now), "1m30.5s");
    /// assert_eq!(WaitEncoding::Minute.write(wait, now), "1970-01-01T00:02Z");
    /// ```
    #[must_use]
    pub fn write(self, wait: Duration, now: SystemTime) -> String {
        // A wait at the wall clock: clients compare with that, and virtual time does not move it.
        let seconds = whole_seconds(wait);
        let then = now + Duration::from_secs(seconds + 1);
        match self {
            Self::Seconds => seconds.to_string(),
            Self::Float => format!("{:?}", wait.as_secs_f64()),
            Self::Millis => wait.as_millis().to_string(),
            Self::HttpDate => http_date(then),
            Self::EpochSeconds => since_epoch(then).as_secs().to_string(),
            Self::EpochFloat => format!("{:.3}", since_epoch(now + wait).as_secs_f64()),
            Self::GoDuration => go_duration(wait),
            Self::Rfc3339 => rfc3339(then),
            Self::Minute => {
                let minutes = since_epoch(now + wait).as_secs().div_ceil(60);
                let mut text = rfc3339(SystemTime::UNIX_EPOCH + Duration::from_secs(minutes * 60));
                text.truncate(text.len().saturating_sub(4));
                text + "Z"
            }
            Self::ProtoDuration => format!("{}s", decimal(wait)),
        }
    }
}

/// Seconds, rounded up.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Seconds with as many digits as they need, to the millisecond.
pub(crate) fn decimal(wait: Duration) -> String {
    let text = format!("{}.{:03}", wait.as_secs(), wait.subsec_millis());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn go_duration(wait: Duration) -> String {
    if wait < Duration::from_secs(1) {
        return format!("{}ms", wait.as_millis());
    }
    let (hours, minutes) = (wait.as_secs() / 3600, wait.as_secs() / 60 % 60);
    let rest = decimal(Duration::from_secs(wait.as_secs() % 60) + Duration::from_millis(wait.subsec_millis().into()));
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, minutes) => format!("{minutes}m{rest}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_has_a_name_of_its_own_and_stands_in_some_shape() {
        let names: std::collections::BTreeSet<_> = WaitEncoding::ALL.map(WaitEncoding::name).into();
        assert_eq!(names.len(), WaitEncoding::ALL.len());
        for encoding in WaitEncoding::ALL {
            let found = crate::mutation::shape::shapes().any(|shape| shape.encodings().contains(&encoding));
            assert!(found, "{}", encoding.name());
        }
    }

    #[test]
    fn a_client_need_not_know_the_ways_of_another_vendor() {
        let shape = crate::mutation::shape::shape;
        assert!(Refusal::Foreign(shape("notion.429")).tells_the_wait(), "Retry-After is for everybody");
        assert!(!Refusal::Foreign(shape("github.rest.primary")).tells_the_wait());
        assert!(!Refusal::Foreign(shape("github.rest.secondary")).tells_the_wait(), "a 403 is no limit to everybody");
        assert!(Refusal::Shaped(shape("github.rest.secondary")).tells_the_wait());
        assert!(Refusal::Shaped(shape("github.rest.primary")).tells_the_wait());
        assert!(!Refusal::Shaped(shape("stripe.rate_limit")).tells_the_wait());
    }

    #[test]
    fn waits_are_written_as_services_write_them() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let write = |encoding: WaitEncoding, millis| encoding.write(Duration::from_millis(millis), now);
        assert_eq!(write(WaitEncoding::Float, 30_000), "30.0");
        assert_eq!(write(WaitEncoding::Millis, 1250), "1250");
        assert_eq!(write(WaitEncoding::GoDuration, 644), "644ms");
        assert_eq!(write(WaitEncoding::GoDuration, 360_000), "6m0s");
        assert_eq!(write(WaitEncoding::GoDuration, 5_011_000), "1h23m31s");
        assert_eq!(write(WaitEncoding::GoDuration, 18_642), "18.642s");
        assert_eq!(write(WaitEncoding::ProtoDuration, 26_000), "26s");
        assert_eq!(write(WaitEncoding::EpochSeconds, 30_000), "1000000031");
        assert_eq!(write(WaitEncoding::EpochFloat, 64_570), "1000000064.570");
        assert_eq!(write(WaitEncoding::Rfc3339, 30_000), "2001-09-09T01:47:11Z");
        assert_eq!(write(WaitEncoding::Minute, 30_000), "2001-09-09T01:48Z");
        assert_eq!(write(WaitEncoding::HttpDate, 30_000), "Sun, 09 Sep 2001 01:47:11 GMT");
    }
}
