//! What the planner has understood so far.

use serde_json::{Value, json};

use super::conversation::{Conversation, Step};

/// What is known of the ticket and the shop. `Null` is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub ticket: Value,
    pub customer_id: Value,
    pub product: Value,
    pub said: Value,
    /// The cursor of the next page, once a page came; `Null` at the end.
    pub cursor: Value,
    pub pages: usize,
    pub order_id: Value,
    pub order: Option<Value>,
    pub region: Value,
    pub amount: Value,
    pub policy: Option<Value>,
    pub approval: Option<Value>,
    pub approval_id: Value,
    pub refunded: bool,
    pub noted: bool,
}

impl Facts {
    pub(super) fn of(conversation: &Conversation) -> Self {
        let line = |name: &str| {
            let mut lines = conversation.user.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map_or(Value::Null, |text| json!(text))
        };
        let number =
            |value: Value| value.as_str().and_then(|text| text.parse::<i64>().ok()).map_or(value, |it| json!(it));
        let mut facts = Self {
            ticket: line("Ticket"),
            customer_id: number(line("Customer")),
            product: line("Product"),
            said: line("The customer writes"),
            ..Self::default()
        };
        for step in conversation.steps.iter().filter(|step| failure(step).is_none()) {
            facts.learn(step);
        }
        facts
    }

    fn learn(&mut self, step: &Step) {
        let result: Value = serde_json::from_str(&step.result).unwrap_or_default();
        match step.tool.as_str() {
            "list_orders" => {
                self.pages += 1;
                self.cursor = field(&result, &["next_cursor", "cursor", "next_page_token", "next"]);
                let mut items = Vec::new();
                objects(&result, &mut items);
                let fits = |item: &&&Value| field(item, &["product", "sku"]) == self.product;
                if let Some(item) = items.iter().find(fits) {
                    self.order_id = field(item, &["order_id", "id"]);
                }
            }
            "get_order" => {
                self.region = field(&result, &["region"]);
                let number = |names: &[&str]| field(&result, names).as_i64();
                let paid = number(&["amount_cents", "amount", "total_cents", "total"]);
                let back = number(&["refunded_cents", "refunded"]).unwrap_or(0);
                self.amount = paid.map_or(Value::Null, |paid| json!(paid - back));
                self.order = Some(result);
            }
            "check_policy" => self.policy = Some(result),
            "ask_approval" => {
                self.approval_id = field(&result, &["approval_id", "id"]);
                self.approval = Some(result);
            }
            "refund" => self.refunded = true,
            "add_note" => self.noted = true,
            _ => {}
        }
    }

    /// What the planner puts into an argument of that name.
    pub(super) fn argument(&self, name: &str) -> Value {
        match name {
            "customer_id" => self.customer_id.clone(),
            "cursor" => self.cursor.clone(),
            "order_id" => self.order_id.clone(),
            "product" => self.product.clone(),
            "region" => self.region.clone(),
            "amount_cents" => self.amount.clone(),
            "approval_id" => self.approval_id.clone(),
            "reason" => self.said.clone(),
            _ => Value::Null,
        }
    }
}

/// What went wrong with a step, if something did: no result, no JSON from a tool that returns records, or an error in it.
pub(super) fn failure(step: &Step) -> Option<String> {
    let result: Option<Value> = serde_json::from_str(&step.result).ok();
    let says_records = matches!(step.tool.as_str(), "list_orders" | "get_order" | "check_policy" | "ask_approval");
    match result {
        Some(Value::Object(members)) => {
            let error = members.iter().find(|(name, _)| ["error", "errors", "fault"].contains(&name.as_str()))?.1;
            let message = field(error, &["message", "detail", "title"]);
            Some(message.as_str().or(error.as_str()).unwrap_or("an error").to_owned())
        }
        None if says_records || step.result.is_empty() => Some("an answer that cannot be read".to_owned()),
        _ => None,
    }
}

/// A field of an object, by any of some names in any style; at any depth if it is not at the top.
pub(super) fn field(value: &Value, names: &[&str]) -> Value {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let Value::Object(members) = value else { return Value::Null };
    for name in names {
        if let Some((_, value)) = members.iter().find(|(known, _)| plain(known) == plain(name)) {
            return value.clone();
        }
    }
    members.values().map(|member| field(member, names)).find(|found| !found.is_null()).unwrap_or_default()
}

/// Every object that stands in a list.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => found.extend(items.iter().filter(|item| item.is_object())),
        Value::Object(members) => members.values().for_each(|member| objects(member, found)),
        _ => {}
    }
}

/// A yes, as people and services write it.
pub(super) fn is_yes(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::String(text) => {
            ["approved", "yes", "true", "granted", "accepted"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
        }
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    }
}
