//! The arguments of the tools, as strict as their schemas.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::outcome::{Cents, Refusal};

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListOrders {
    pub cursor: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfOrder {
    pub order_id: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskApproval {
    pub order_id: String,
    pub amount_cents: Cents,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refund {
    pub order_id: String,
    pub amount_cents: Cents,
    pub approval_id: Option<String>,
}

/// Reads the arguments of a tool. Serde takes the last of two members of a name, but not for a struct: there it is an error.
pub(super) fn read<T: DeserializeOwned>(tool: &'static str, arguments: &str) -> Result<T, Refusal> {
    // A list is an object's fields in order to serde, and none to us.
    if !arguments.trim_start().starts_with('{') {
        return Err(Refusal::Arguments { tool, problem: "they are no object".to_owned() });
    }
    serde_json::from_str(arguments).map_err(|error| Refusal::Arguments { tool, problem: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_taken_as_the_schema_says_and_not_otherwise() {
        let read = |text| read::<AskApproval>("ask_approval", text).ok();
        let whole = AskApproval { order_id: "ord-1".to_owned(), amount_cents: 5 };
        assert_eq!(read(r#"{"order_id": "ord-1", "amount_cents": 5}"#), Some(whole));
        for text in [
            "",
            "{",
            "null",
            r#"["ord-1", 5]"#,
            r#"{"order_id": "ord-1"}"#,
            r#"{"order_id": "ord-1", "amount_cents": "5"}"#,
            r#"{"order_id": "ord-1", "amount_cents": 5.0}"#,
            r#"{"order_id": "ord-1", "amount_cents": 5, "note": "RX"}"#,
            r#"{"order_id": "ord-1", "amount_cents": 5, "amount_cents": 6}"#,
            r#"{"order_id": "ord-1", "amount_cents": 5} and more"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
