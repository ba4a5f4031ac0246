//! How long to wait before the next attempt.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Attempts at one request, the first included.
pub(super) const ATTEMPTS: u32 = 6;

/// The longest wait that this job sits out.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

const FIRST: Duration = Duration::from_secs(2);

/// The wait after the given failed attempt, counted from 1, if the server does not name one: 2, 4, 8, ...
/// seconds. It is also the least wait, so that `Retry-After: 0` does not make a busy loop.
pub(super) fn back_off(attempt: u32) -> Duration {
    FIRST * 2_u32.pow(attempt.saturating_sub(1).min(ATTEMPTS))
}

/// The wait that `Retry-After` asks for, as seconds (some servers send fractions) or as a date.
///
/// A date is held against the `Date` of the same reply, so that the clocks of the two machines need
/// not agree; `now` stands in where there is none.
pub(super) fn asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    asked_in(headers.get(RETRY_AFTER)?.to_str().ok()?, || date(headers).unwrap_or(now))
}

/// As [`asked`], for the value of the header alone.
pub(super) fn asked_in(value: &str, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now()).unwrap_or_default())
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Fri, 20 Nov 2026 09:00:00 GMT";

    fn now() -> SystemTime {
        httpdate::parse_http_date(NOW).unwrap()
    }

    fn wait(value: &str) -> Option<Duration> {
        asked_in(value, now)
    }

    #[test]
    fn seconds_may_be_whole_or_fractional() {
        assert_eq!(wait("30"), Some(Duration::from_secs(30)));
        assert_eq!(wait(" 2.5 "), Some(Duration::from_millis(2500)));
        assert_eq!(wait("0"), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_counts_from_now_and_the_past_means_no_wait() {
        assert_eq!(wait("Fri, 20 Nov 2026 09:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(wait("Fri, 20 Nov 2026 08:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for value in ["", "soon", "-5", "NaN", "inf", "1e99", "2026-11-20"] {
            assert_eq!(wait(value), None, "{value}");
        }
    }

    #[test]
    fn a_date_is_held_against_the_date_of_the_reply() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "Fri, 20 Nov 2026 09:00:45 GMT".parse().unwrap());
        let hours_off = now() + Duration::from_secs(7200);
        assert_eq!(asked(&headers, hours_off), Some(Duration::ZERO));
        headers.insert(DATE, NOW.parse().unwrap());
        assert_eq!(asked(&headers, hours_off), Some(Duration::from_secs(45)));
    }

    #[test]
    fn the_back_off_doubles() {
        let waits: Vec<u64> = (1..ATTEMPTS).map(|attempt| back_off(attempt).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32]);
    }
}
