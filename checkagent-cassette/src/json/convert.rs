//! Values that change their form and keep what they say.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::moment::{Moment, TimeForm};

/// How a value changes its type and keeps its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Conversion {
    /// `5` becomes `"5"`.
    Text,
    /// `"5"` becomes `5`; a string that is no number is left alone.
    Number,
    /// `5` becomes `[5]`.
    List,
    /// `"cus_1"` becomes `{"id": "cus_1"}`, under the name that is given.
    Object(String),
    /// `"paid"` becomes `"PAID"`.
    Upper,
    /// `"PAID"` becomes `"paid"`.
    Lower,
    /// A point in time is written in another form; what is no point in time is left alone.
    Time(TimeForm),
    /// The decimal point moves so many places to the right, or to the left: another unit. Also in quotes.
    Shift(i8),
}

impl Conversion {
    /// The value in its new form; `None` where there is nothing to convert.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::json::Conversion;
    /// use serde_json::json;
    ///
    /// assert_eq!(Conversion::Shift(-2).value(&json!(1250)), Some(json!(12.5)));
    /// assert_eq!(Conversion::Number.value(&json!("many")), None);
    /// ```
    #[must_use]
    pub fn value(&self, value: &Value) -> Option<Value> {
        serde_json::from_str(&self.apply(&value.to_string())?).ok()
    }

    /// The same for a JSON text.
    pub(super) fn apply(&self, old: &str) -> Option<String> {
        let string = || serde_json::from_str::<String>(old).ok();
        let changed = |new: String| (new != old).then_some(new);
        match self {
            Self::Text => Some(Value::from(old).to_string()),
            Self::Number => {
                let text = string()?;
                serde_json::from_str::<serde_json::Number>(&text).ok()?;
                Some(text)
            }
            Self::List => Some(format!("[{old}]")),
            Self::Object(name) => Some(format!("{{{}:{old}}}", Value::from(name.as_str()))),
            Self::Upper => changed(Value::from(string()?.to_uppercase()).to_string()),
            Self::Lower => changed(Value::from(string()?.to_lowercase()).to_string()),
            Self::Time(form) => {
                let value: Value = serde_json::from_str(old).ok()?;
                changed(Moment::of(&value)?.write(*form).to_string())
            }
            Self::Shift(places) => match string() {
                Some(text) => Some(Value::from(shifted(&text, *places)?).to_string()),
                None => shifted(old, *places),
            },
        }
    }
}

/// A decimal number with its point moved; its figures stay as they are.
fn shifted(number: &str, places: i8) -> Option<String> {
    serde_json::from_str::<serde_json::Number>(number).ok()?;
    let (sign, figures) = number.strip_prefix('-').map_or(("", number), |figures| ("-", figures));
    if !figures.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let (whole, fraction) = figures.split_once('.').unwrap_or((figures, ""));
    let room = usize::from(places.unsigned_abs());
    // So many zeros on both sides that the point can move anywhere.
    let padded = format!("{:0>room$}{whole}{fraction}{:0>room$}", "", "");
    let point = (room + whole.len()).checked_add_signed(places.into())?;
    let (whole, fraction) = padded.split_at_checked(point)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_point_moves_and_the_figures_stay() {
        let cases = [
            ("1250", -2, "12.5"),
            ("5", -2, "0.05"),
            ("-5", -3, "-0.005"),
            ("12.34", 2, "1234"),
            ("12.345", 2, "1234.5"),
            ("7", 3, "7000"),
            ("0", 2, "0"),
            ("0.05", 1, "0.5"),
            ("123456789012345678901", 2, "12345678901234567890100"),
        ];
        for (number, places, expected) in cases {
            assert_eq!(shifted(number, places).as_deref(), Some(expected), "{number} by {places}");
        }
        assert_eq!((shifted("1e5", 2), shifted("x", 2), shifted("", 2)), (None, None, None));
        assert_eq!(Conversion::Shift(2).value(&json!("1.5")), Some(json!("150")));
        assert_eq!(Conversion::Shift(2).value(&json!(null)), None);
    }

    #[test]
    fn what_stays_as_it_is_is_no_conversion() {
        assert_eq!(Conversion::Upper.value(&json!("paid")), Some(json!("PAID")));
        assert_eq!(Conversion::Upper.value(&json!("PAID")), None);
        assert_eq!(Conversion::Lower.value(&json!(3)), None);
        let day = Conversion::Time(TimeForm::Day);
        assert_eq!(day.value(&json!("2026-01-02T10:00:00Z")), Some(json!("2026-01-02")));
        assert_eq!((day.value(&json!("2026-01-02")), day.value(&json!("soon"))), (None, None));
    }
}
