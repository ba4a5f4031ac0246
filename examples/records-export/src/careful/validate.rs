//! Whether a record is what a customer looks like. Fields not known here are left alone: a server may
//! add some at any time.

use serde_json::Value;

use crate::outcome::Trouble;
use crate::records::{Cents, Customer, Date, Plan};

const LONGEST_NAME: usize = 200;
/// Ten million; larger contracts are not kept in the CRM.
const LARGEST_AMOUNT: Cents = 1_000_000_000;

/// Checks all fields of the record with this id.
pub(super) fn customer(id: &str, record: &Value) -> Result<Customer, Trouble> {
    let invalid = |(field, problem)| Trouble::Invalid { record: id.to_owned(), field, problem };
    fields(id, record).map_err(invalid)
}

/// A field, and what is wrong with it.
type Fault = (&'static str, &'static str);

fn fields(id: &str, record: &Value) -> Result<Customer, Fault> {
    if !is_id(id) {
        return Err(("id", "is not the id of a customer"));
    }
    let name = text(record, "name")?;
    if name.trim().is_empty() {
        return Err(("name", "is empty"));
    }
    if name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(("name", "is not a name"));
    }
    let region = text(record, "region")?;
    if !is_region(region) {
        return Err(("region", "is not a region"));
    }
    let plan = plan(text(record, "plan")?).ok_or(("plan", "is not a known plan"))?;
    let amount = record["amount"].as_i64().ok_or(("amount", "is missing or not a whole number"))?;
    if !(1..=LARGEST_AMOUNT).contains(&amount) {
        return Err(("amount", "is not a possible amount"));
    }
    let signed_up = date(text(record, "signed_up")?).ok_or(("signed_up", "is not a day"))?;
    Ok(Customer { id: id.to_owned(), name: name.to_owned(), region: region.to_owned(), plan, amount, signed_up })
}

fn text<'a>(record: &'a Value, field: &'static str) -> Result<&'a str, Fault> {
    record[field].as_str().ok_or((field, "is missing or not a text"))
}

fn is_id(id: &str) -> bool {
    id.strip_prefix("cust-").is_some_and(|number| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Two capital letters, a hyphen and a point of the compass.
fn is_region(region: &str) -> bool {
    matches!(region.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z', b'-', b'N' | b'E' | b'S' | b'W'])
}

fn plan(name: &str) -> Option<Plan> {
    match name {
        "starter" => Some(Plan::Starter),
        "team" => Some(Plan::Team),
        "enterprise" => Some(Plan::Enterprise),
        _ => None,
    }
}

/// A day of this century, written year-month-day.
fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    if !digits(&bytes[..4]) || !digits(&bytes[5..7]) || !digits(&bytes[8..]) {
        return None;
    }
    let date = Date { year: text[..4].parse().ok()?, month: text[5..7].parse().ok()?, day: text[8..].parse().ok()? };
    let year = date.year;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match date.month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    ((2000..2100).contains(&year) && (1..=days).contains(&date.day)).then_some(date)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record() -> Value {
        json!({
            "id": "cust-0009", "name": "Harbor Light Books", "region": "US-E", "plan": "starter",
            "amount": 2900, "signed_up": "2024-02-29", "last_modified": 1_700_000_009_000_u64,
        })
    }

    fn problem(field: &str, value: Value) -> String {
        let mut record = record();
        record[field] = value;
        customer("cust-0009", &record).unwrap_err().to_string()
    }

    #[test]
    fn a_good_record_passes_with_fields_nobody_asked_for() {
        let mut record = record();
        record["account_manager"] = json!({"name": "Ada"});
        let customer = customer("cust-0009", &record).unwrap();
        assert_eq!(customer.plan, Plan::Starter);
        assert_eq!(customer.signed_up.to_string(), "2024-02-29");
    }

    #[test]
    fn every_field_is_required() {
        for field in ["name", "region", "plan", "amount", "signed_up"] {
            let mut record = record();
            record.as_object_mut().unwrap().remove(field);
            let trouble = customer("cust-0009", &record).unwrap_err().to_string();
            assert!(trouble.starts_with(&format!("record cust-0009: `{field}` is missing")), "{trouble}");
            assert!(problem(field, Value::Null).contains(field));
            assert!(problem(field, json!([])).contains(field));
        }
    }

    #[test]
    fn values_outside_their_domain_are_refused() {
        for amount in [json!(0), json!(-2900), json!(2900.5), json!("2900"), json!(i64::MAX), json!(u64::MAX)] {
            assert!(problem("amount", amount).contains("`amount`"));
        }
        for name in ["", "  ", "Harbor\u{0}Light", "a\nb"] {
            assert!(problem("name", json!(name)).contains("`name`"));
        }
        for region in ["", "us-e", "US-X", "USA-E", "unknown", "US-E "] {
            assert!(problem("region", json!(region)).contains("`region`"));
        }
        for plan in ["", "Starter", "unknown"] {
            assert!(problem("plan", json!(plan)).contains("`plan`"));
        }
    }

    #[test]
    fn a_date_must_be_in_the_calendar() {
        for day in ["2023-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-04-31", "1970-01-01"] {
            assert!(problem("signed_up", json!(day)).contains("`signed_up`"), "{day}");
        }
        for text in ["", "yesterday", "2024-2-29", "29.02.2024", "2024-02-29T00:00:00Z", "+024-02-29", "2024-02-2é"] {
            assert!(problem("signed_up", json!(text)).contains("`signed_up`"), "{text}");
        }
    }

    #[test]
    fn an_id_must_be_that_of_a_customer() {
        for id in ["", "cust-1", "cust-00010", "cust-000a", "summary-eu-n"] {
            let trouble = customer(id, &record()).unwrap_err();
            assert!(trouble.to_string().contains("`id`"), "{id}");
        }
    }
}
