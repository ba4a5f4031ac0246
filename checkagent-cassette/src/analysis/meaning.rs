//! What a field is about, told by its name and its value.

use serde_json::Value;

use super::kind::Format;
use super::name::words;
use crate::key::id_tokens;
use crate::moment::Moment;

/// What a field is about. A guess: services name things as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Names a thing: `id`, `customer_id`, a UUID.
    Id,
    /// Money: `amount`, `price`, `balance`.
    Amount,
    /// How many: `total_count`, `quantity`.
    Count,
    /// A part of a whole: `percent`, `ratio`.
    Share,
    /// A span of time: `timeout`, `expires_in`, `duration_ms`.
    Duration,
    /// A size in bytes: `size`, `bytes`.
    Size,
    /// A point in time: `created_at`, `2026-01-02`.
    Time,
    /// One of a few words: `status`, `plan`.
    State,
    /// Yes or no.
    Flag,
    /// A URL.
    Url,
    /// An address of mail.
    Email,
    /// Another number.
    Number,
    /// Other text.
    Text,
}

const ID: [&str; 6] = ["id", "uuid", "guid", "sku", "gid", "ulid"];
const TIME: [&str; 15] = [
    "at",
    "time",
    "timestamp",
    "date",
    "day",
    "created",
    "updated",
    "modified",
    "on",
    "since",
    "until",
    "expires",
    "due",
    "start",
    "end",
];
const SHARE: [&str; 9] =
    ["percent", "percentage", "pct", "ratio", "share", "rate", "score", "confidence", "probability"];
const DURATION: [&str; 16] = [
    "duration",
    "timeout",
    "ttl",
    "seconds",
    "secs",
    "sec",
    "millis",
    "milliseconds",
    "ms",
    "minutes",
    "elapsed",
    "latency",
    "interval",
    "age",
    "delay",
    "wait",
];
const SIZE: [&str; 9] = ["bytes", "byte", "size", "kb", "mb", "gb", "storage", "memory", "disk"];
const AMOUNT: [&str; 22] = [
    "amount", "price", "cost", "balance", "fee", "tax", "subtotal", "revenue", "salary", "budget", "refund", "charge",
    "payment", "paid", "discount", "cents", "credit", "debit", "invoice", "income", "payout", "spend",
];
const COUNT: [&str; 13] = [
    "count",
    "quantity",
    "qty",
    "total",
    "number",
    "num",
    "items",
    "pages",
    "stock",
    "seats",
    "hits",
    "rows",
    "inventory",
];
const STATE: [&str; 20] = [
    "status",
    "state",
    "type",
    "kind",
    "plan",
    "role",
    "level",
    "priority",
    "category",
    "stage",
    "phase",
    "tier",
    "mode",
    "currency",
    "region",
    "severity",
    "reason",
    "outcome",
    "result",
    "visibility",
];
/// Longer texts are no names of states.
const LONGEST_STATE: usize = 32;

impl Meaning {
    /// What a field of that name is about, where it has that value.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::analysis::Meaning;
    /// use serde_json::json;
    ///
    /// assert_eq!(Meaning::of("unit_amount", &json!(1200)), Meaning::Amount);
    /// assert_eq!(Meaning::of("createdAt", &json!(1_767_348_000)), Meaning::Time);
    /// assert_eq!(Meaning::of("status", &json!("paid")), Meaning::State);
    /// ```
    #[must_use]
    pub fn of(name: &str, value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Flag,
            Value::Number(_) => Self::of_number(name, Some(value)),
            Value::String(text) => Self::of_text(name, text),
            _ => Self::Text,
        }
    }

    fn of_text(name: &str, text: &str) -> Self {
        let named = Name::of(name);
        match Format::of(text) {
            Some(Format::Url) => Self::Url,
            Some(Format::Email) => Self::Email,
            Some(Format::Uuid) => Self::Id,
            // Some versions are called by the day on which they came out.
            Some(format) if format.is_time() && named.has(&["version"]) => Self::Text,
            Some(format) if format.is_time() => Self::Time,
            Some(_) => Self::of_number(name, None),
            None if named.ends_in(&ID) || id_tokens(text).any(|id| id.len() == text.len()) => Self::Id,
            None if named.ends_in(&STATE) && is_word(text) => Self::State,
            None => Self::Text,
        }
    }

    fn of_number(name: &str, number: Option<&Value>) -> Self {
        let named = Name::of(name);
        let meanings = [
            (&SHARE[..], Self::Share),
            (&DURATION, Self::Duration),
            (&SIZE, Self::Size),
            (&AMOUNT, Self::Amount),
            (&COUNT, Self::Count),
        ];
        if named.ends_in(&ID) {
            return Self::Id;
        }
        if named.has(&TIME) && number.and_then(Moment::of).is_some() {
            return Self::Time;
        }
        if named.0 == ["expires", "in"] || named.0 == ["retry", "after"] {
            return Self::Duration;
        }
        // `total_count` counts, `discount_percent` is a share: what stands last says it, then what stands before.
        let by = |last: bool| {
            let fits = |(list, _): &&(&[&str], Self)| if last { named.ends_in(list) } else { named.has(list) };
            meanings.iter().find(fits).map(|(_, meaning)| *meaning)
        };
        by(true).or_else(|| by(false)).unwrap_or(Self::Number)
    }
}

/// The words of a name.
struct Name(Vec<String>);

impl Name {
    fn of(name: &str) -> Self {
        Self(words(name).collect())
    }

    fn has(&self, list: &[&str]) -> bool {
        self.0.iter().any(|word| is_in(word, list))
    }

    fn ends_in(&self, list: &[&str]) -> bool {
        self.0.last().is_some_and(|word| is_in(word, list))
    }
}

fn is_in(word: &str, list: &[&str]) -> bool {
    list.contains(&word) || word.strip_suffix('s').is_some_and(|word| list.contains(&word))
}

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_STATE
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_together_say_what_a_field_is_about() {
        let cases = [
            ("id", json!("x1"), Meaning::Id),
            ("customer_id", json!(17), Meaning::Id),
            ("customer", json!("cus_Qm3bT9xK2wLr7TzV"), Meaning::Id),
            ("amount", json!(5), Meaning::Amount),
            ("amount_paid", json!("19.90"), Meaning::Amount),
            ("total_count", json!(5), Meaning::Count),
            ("discount_percent", json!(5), Meaning::Share),
            ("expires_in", json!(3600), Meaning::Duration),
            ("created", json!(1_767_348_000), Meaning::Time),
            ("created", json!(12), Meaning::Number),
            ("whatever", json!(1_767_348_000), Meaning::Number),
            ("born", json!("2026-01-02"), Meaning::Time),
            ("protocolVersion", json!("2026-01-02"), Meaning::Text),
            ("sizeBytes", json!(9), Meaning::Size),
            ("status", json!("in_progress"), Meaning::State),
            ("status", json!("We are looking into it"), Meaning::Text),
            ("status", json!(200), Meaning::Number),
            ("link", json!("https://x.example/"), Meaning::Url),
            ("contact", json!("a@b.example"), Meaning::Email),
            ("active", json!(true), Meaning::Flag),
            ("", json!(null), Meaning::Text),
        ];
        for (name, value, meaning) in cases {
            assert_eq!(Meaning::of(name, &value), meaning, "{name}: {value}");
        }
    }
}
