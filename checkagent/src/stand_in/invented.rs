//! Values that look like recorded ones and are others.

use serde_json::{Number, Value, json};

/// How many times as large an amount becomes.
const TIMES: u64 = 10;

/// Another value of the same shape, which the schema takes if it takes the recorded one.
pub(super) fn invented(value: &Value, schema: Option<&Value>) -> Value {
    let at = |name: &str| schema.and_then(|schema| schema.get(name));
    if let Some(all) = at("enum").and_then(Value::as_array) {
        return all.iter().find(|other| *other != value).unwrap_or(value).clone();
    }
    match value {
        Value::Number(number) => {
            let larger = larger(number);
            let most = at("maximum").filter(|most| most.as_f64() < larger.as_f64());
            most.cloned().unwrap_or(larger)
        }
        Value::String(text) => {
            let other = other_text(text);
            let most = at("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
            let fits = u64::try_from(other.chars().count()).is_ok_and(|length| length <= most);
            if fits { other.into() } else { value.clone() }
        }
        Value::Array(items) => items.iter().map(|item| invented(item, at("items"))).collect(),
        Value::Object(members) => {
            let schema = |name: &str| at("properties")?.get(name);
            members.iter().map(|(name, member)| (name.clone(), invented(member, schema(name)))).collect()
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

fn larger(number: &Number) -> Value {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(0), ..) => json!(TIMES),
        (Some(whole), ..) => json!(whole.saturating_mul(TIMES)),
        (_, Some(negative), _) => json!(negative.saturating_mul(TIMES.cast_signed())),
        (.., Some(fraction)) => json!(fraction * 10.0),
        _ => Value::Number(number.clone()),
    }
}

/// A date a year later, an id of another record, another text.
fn other_text(text: &str) -> String {
    if let Some((year, rest)) = text.split_at_checked(4)
        && rest.starts_with('-')
        && let (4, Ok(year)) = (year.trim().len(), year.parse::<u16>())
    {
        return format!("{:04}{rest}", year.saturating_add(1));
    }
    if text.is_empty() {
        return "as agreed".to_owned();
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return if text.contains(' ') { format!("{text} As agreed on the phone.") } else { format!("{text}2") };
    }
    // What stands before the first digit says what kind of thing it is.
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let start =
        text.get(..start).and_then(|before| before.rfind(['_', '-', '/', ':', '.', ' '])).map_or(0, |at| at + 1);
    let (kind, own) = text.split_at_checked(start).unwrap_or(("", text));
    kind.chars().chain(own.chars().map(other_letter)).collect()
}

fn other_letter(c: char) -> char {
    let turned = |first: u8, count: u8, by: u8| {
        let at = u8::try_from(c).unwrap_or(first).saturating_sub(first);
        char::from(first + (at + by) % count)
    };
    match c {
        '0'..='9' => turned(b'0', 10, 3),
        // Hexadecimal stays hexadecimal.
        'a'..='f' => turned(b'a', 6, 1),
        'A'..='F' => turned(b'A', 6, 1),
        'g'..='z' => turned(b'g', 20, 1),
        'G'..='Z' => turned(b'G', 20, 1),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_becomes_that_of_another_record_of_the_same_kind() {
        for (recorded, other) in [
            ("ord_9f31c2", "ord_2a64d5"),
            ("17001", "40334"),
            ("gid://shop/Product/8801", "gid://shop/Product/1134"),
            ("2026-03-02", "2027-03-02"),
            ("2026-03-02T09:30:00Z", "2027-03-02T09:30:00Z"),
            ("Graz", "Graz2"),
            ("The zip broke.", "The zip broke. As agreed on the phone."),
            ("", "as agreed"),
            ("Ü4", "Ü7"),
        ] {
            assert_eq!(invented(&json!(recorded), None), json!(other));
        }
    }

    #[test]
    fn amounts_grow_as_far_as_the_schema_lets_them() {
        assert_eq!(invented(&json!(4200), None), json!(42_000));
        assert_eq!(invented(&json!(0), None), json!(10));
        assert_eq!(invented(&json!(-3), None), json!(-30));
        assert_eq!(invented(&json!(u64::MAX), None), json!(u64::MAX));
        assert_eq!(invented(&json!(1.5), None), json!(15.0));
        assert_eq!(invented(&json!(4200), Some(&json!({"maximum": 5000}))), json!(5000));
    }

    #[test]
    fn choices_lists_and_objects_are_followed_and_what_has_no_other_stays() {
        let schema = json!({"properties": {"plan": {"enum": ["free", "pro"]}}});
        assert_eq!(invented(&json!({"plan": "free", "n": [1]}), Some(&schema)), json!({"plan": "pro", "n": [10]}));
        assert_eq!(invented(&json!("abc"), Some(&json!({"maxLength": 3}))), json!("abc"));
        assert_eq!(invented(&json!([true, null]), None), json!([true, null]));
    }
}
