//! Points in time as services write them; the only module that knows httpdate.

use std::time::{Duration, SystemTime};

/// `Tue, 23 May 2023 14:42:01 GMT`.
pub(crate) fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

/// `2023-05-23T14:42:01Z`.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = http_date(time);
    let parts: Vec<_> = date.split(' ').collect();
    let [_, day, month, year, clock, _] = parts.as_slice() else { return date };
    let month = MONTHS.iter().position(|name| name == month).map_or(0, |index| index + 1);
    format!("{year}-{month:02}-{day}T{clock}Z")
}

/// Time since 1970.
pub(crate) fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_right_around_leap_days() {
        let at = |seconds| rfc3339(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_795_166_040), "2026-11-20T09:14:00Z");
    }
}
