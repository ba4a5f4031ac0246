//! Strategies for values that are wrong in the ways of real data.

use proptest::prelude::{Just, Strategy, any};
use proptest::sample::select;
use serde_json::{Value, json};

use checkagent_cassette::Moment;

use super::strategy::Values;

/// The first whole number that an `f64` cannot tell from its neighbour is one more.
const EXACT: u64 = 1 << 53;

/// Zero.
#[must_use]
pub fn zero() -> Values {
    Values::like(json!(0), Just(json!(0)))
}

/// Numbers that are not positive.
#[must_use]
pub fn not_positive() -> Values {
    zero().or(negative())
}

/// Negative numbers.
#[must_use]
pub fn negative() -> Values {
    // Not a range of negative numbers: those shrink to the last but one.
    Values::like(json!(-1), (1_i64..=1_000_000).prop_map(|number| json!(-number)))
}

/// Positive whole numbers.
#[must_use]
pub fn positive() -> Values {
    Values::like(json!(1), (1_i64..=1_000_000_000).prop_map(|number| json!(number)))
}

/// Numbers with a fraction.
#[must_use]
pub fn fractions() -> Values {
    Values::like(json!(0.5), (0_i32..=1_000).prop_map(|number| json!(f64::from(number) + 0.5)))
}

/// Other whole numbers above one that was observed.
#[must_use]
pub fn other_integers(observed: i64) -> Values {
    let other = move |step: i64| json!(observed.saturating_add(step));
    Values::like(other(1), (1_i64..=1000).prop_map(other))
}

/// Numbers beyond what an `f64` holds exactly: who reads them as one gets another number.
#[must_use]
pub fn huge() -> Values {
    Values::like(json!(EXACT + 1), any::<u32>().prop_map(|step| json!(EXACT + 1 + u64::from(step))))
}

/// The numbers at which types end: of 16, 32, 53 and 64 bits.
#[must_use]
pub fn boundaries() -> Values {
    let ends = [
        json!(i16::MAX),
        json!(u16::MAX),
        json!(i32::MAX),
        json!(u32::MAX),
        json!(i64::from(i32::MIN)),
        json!(EXACT),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
    ];
    Values::like(json!(i32::MAX), select(ends.to_vec()))
}

/// The empty string.
#[must_use]
pub fn empty() -> Values {
    Values::like(json!(""), Just(json!("")))
}

/// Text of white space alone.
#[must_use]
pub fn blank() -> Values {
    texts(&[" ", "  ", "\t", "\n", "\u{a0}"])
}

/// Text that has no known format and is in no enumeration.
#[must_use]
pub fn words() -> Values {
    let letters = proptest::collection::vec(proptest::char::range('a', 'z'), 3..12);
    let word = letters.prop_map(|letters| Value::from(format!("?{}", letters.into_iter().collect::<String>())));
    Values::like(json!("?aaa"), word)
}

/// Texts that programs write where they have nothing to say.
#[must_use]
pub fn placeholders() -> Values {
    texts(&["null", "None", "undefined", "NaN", "N/A", "-", "[object Object]"])
}

/// Text that is longer than columns, lines and buffers are.
#[must_use]
pub fn long() -> Values {
    let repeated = |(letter, count): (char, usize)| Value::from(letter.to_string().repeat(count));
    Values::like(json!("a".repeat(4096)), (proptest::char::range('a', 'z'), 1_usize..=4096).prop_map(repeated))
}

/// Text in which characters, bytes and what is seen are not the same: combining marks, other directions, emoji of several
/// characters, zero width, a byte order mark.
#[must_use]
pub fn unicode() -> Values {
    texts(&["ä", "a\u{308}", "😀", "👩\u{200d}👧", "שלום", "\u{202e}abc", "a\u{200b}b", "\u{feff}a", "ﬀ", "İ", "ß"])
}

/// Text that means something to what it is put into: quotes, a line break, markup, a formula of a spreadsheet.
#[must_use]
pub fn markup() -> Values {
    texts(&["a\"b", "a\nb", "a,b", "<b>a</b>", "=1+1", "{{a}}", "%s", "a\\b", "\u{0}"])
}

/// A number in quotes as people and programs write it: other signs, separators and currencies.
#[must_use]
pub fn written_numbers() -> Values {
    texts(&["0", "-1", "0.5", "1e3", "1,5", "1.000,00", "1 000", "+1", "€1", "1%", "0x1", "٣"])
}

/// Points in time around one, in its form: later and earlier by hours or by centuries.
#[must_use]
pub fn moments(observed: Moment) -> Values {
    const CENTURIES: i64 = 300 * 8766;
    let at = move |hours: i64| observed.later(hours).write(observed.form());
    let later = Values::like(at(24), (1..=CENTURIES).prop_map(at));
    later.or(Values::like(at(-24), (1..=CENTURIES).prop_map(move |hours| at(-hours))))
}

/// Texts that look like a point in time and are none, or none that is meant: what databases hold for nothing, a day that
/// its month does not have.
#[must_use]
pub fn broken_dates() -> Values {
    texts(&[
        "0000-00-00",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2023-02-29",
        "2026-13-01",
        "01/02/03",
        "now",
    ])
}

/// Addresses and URLs that lack a part.
#[must_use]
pub fn broken_addresses() -> Values {
    texts(&["a", "a@", "@a.example", "a b@c.example", "http://", "//a.example", "http:/a.example", "about:blank"])
}

/// Some texts, the simplest first.
fn texts(texts: &'static [&'static str]) -> Values {
    let simplest = texts.first().copied().unwrap_or_default();
    Values::like(simplest, select(texts).prop_map(Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_one_of_the_values_of_its_kind() {
        let moment = Moment::of_text("2026-01-02T10:00:00Z").unwrap();
        let later = moments(moment).samples().cloned().collect::<Vec<_>>();
        assert_eq!(later, [json!("2026-01-03T10:00:00Z"), json!("2026-01-01T10:00:00Z")]);
        for values in [zero(), boundaries(), empty(), blank(), unicode(), markup(), written_numbers()] {
            let sample = values.samples().next().unwrap().clone();
            let wanted = sample.clone();
            let found = values.only(move |value| *value == wanted).tries(4096).search("a", |_| Some(()));
            assert_eq!(found.failing.map(|(value, ())| value), Some(sample));
        }
    }
}
