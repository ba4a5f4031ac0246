//! What the shop replies, every field checked. Fields not known here are left alone: a service may add some at any time.

#![expect(clippy::struct_field_names, reason = "fields are named as the shop names them")]

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::outcome::{ApprovalStatus, Cents};
use crate::ticket::Day;

const LARGEST_AMOUNT: Cents = 100_000_000;

/// Why a record cannot be true.
pub(super) type Problem = &'static str;

/// A reply that can contradict itself.
pub(super) trait Record {
    /// What is wrong with it, if something is.
    fn problem(&self) -> Option<Problem>;
}

/// A page of orders.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Page {
    pub customer_id: i64,
    pub total: usize,
    pub orders: Vec<Listed>,
    pub next_cursor: Option<String>,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Listed {
    pub order_id: String,
    pub status: String,
    pub product: String,
    pub product_name: String,
    pub amount_cents: Cents,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Order {
    pub order_id: String,
    pub customer_id: i64,
    pub status: String,
    pub product: String,
    pub product_name: String,
    pub quantity: i64,
    pub unit_price_cents: Cents,
    pub amount_cents: Cents,
    pub currency: String,
    pub region: String,
    pub placed_on: String,
    pub remark: String,
    pub refunded_cents: Cents,
    pub refunds: Vec<PaidBack>,
}

/// A refund, as the order shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct PaidBack {
    pub refund_id: String,
    pub amount_cents: Cents,
    pub approval_id: Option<String>,
}

/// What the shop promises for a product in a region.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Policy {
    pub product: String,
    pub region: String,
    pub refundable: bool,
    pub window_days: i64,
    pub approval_above_cents: Cents,
    pub text: String,
}

/// What a person said.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Approval {
    pub approval_id: String,
    pub status: ApprovalStatus,
    pub order_id: String,
    pub amount_cents: Cents,
    pub decided_by: String,
    pub comment: String,
}

/// The reply to a refund.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Refund {
    pub refund_id: String,
    pub order_id: String,
    pub amount_cents: Cents,
    pub currency: String,
    pub approval_id: Option<String>,
    pub status: String,
}

/// The reply to a note.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Note {
    pub note_id: String,
    pub order_id: String,
    pub text: String,
}

impl Order {
    /// What can still be paid back.
    pub(super) fn left(&self) -> Cents {
        self.amount_cents - self.refunded_cents
    }

    /// The day it was placed.
    pub(super) fn day(&self) -> Option<Day> {
        Day::parse(&self.placed_on)
    }
}

impl Record for Page {
    fn problem(&self) -> Option<Problem> {
        let listed = self.orders.iter().find_map(Record::problem);
        let cursor = self.next_cursor.as_deref();
        listed.or(cursor.is_some_and(|cursor| !is_id(cursor, "ord-")).then_some("a cursor is none"))
    }
}

impl Record for Listed {
    fn problem(&self) -> Option<Problem> {
        first(&[
            (is_id(&self.order_id, "ord-"), "an order has no number"),
            (is_amount(self.amount_cents), "an order has no possible amount"),
            (!self.product.is_empty(), "an order has no product"),
        ])
    }
}

impl Record for Order {
    fn problem(&self) -> Option<Problem> {
        let paid: Option<Cents> =
            self.refunds.iter().try_fold(0, |sum: Cents, refund| sum.checked_add(refund.amount_cents));
        let ids: BTreeSet<_> = self.refunds.iter().map(|refund| &refund.refund_id).collect();
        first(&[
            (is_id(&self.order_id, "ord-"), "the order has no number"),
            (self.quantity > 0 && is_amount(self.unit_price_cents), "the order has no possible price"),
            (self.quantity.checked_mul(self.unit_price_cents) == Some(self.amount_cents), "the amount is not the sum"),
            (is_amount(self.amount_cents), "the order has no possible amount"),
            (self.currency == "EUR", "the currency is not that of this desk"),
            (self.day().is_some(), "the day of the order is none"),
            (paid == Some(self.refunded_cents), "the refunds do not add up"),
            (ids.len() == self.refunds.len(), "a refund stands there twice"),
            ((0..=self.amount_cents).contains(&self.refunded_cents), "more was paid back than paid"),
        ])
    }
}

impl Record for Policy {
    fn problem(&self) -> Option<Problem> {
        first(&[
            ((0..=3_660).contains(&self.window_days), "the window is none"),
            ((0..=LARGEST_AMOUNT).contains(&self.approval_above_cents), "the limit is no amount"),
        ])
    }
}

impl Record for Approval {
    fn problem(&self) -> Option<Problem> {
        first(&[(is_id(&self.approval_id, "apr-"), "the approval has no number")])
    }
}

impl Record for Refund {
    fn problem(&self) -> Option<Problem> {
        first(&[(is_id(&self.refund_id, "rf-"), "the refund has no number")])
    }
}

impl Record for Note {
    fn problem(&self) -> Option<Problem> {
        first(&[(is_id(&self.note_id, "note-"), "the note has no number")])
    }
}

fn first(checks: &[(bool, Problem)]) -> Option<Problem> {
    checks.iter().find(|(holds, _)| !holds).map(|(_, problem)| *problem)
}

/// A prefix and a number, as the shop makes its ids. Nothing else goes into a path.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|number| (1..=12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_amount(cents: Cents) -> bool {
    (1..=LARGEST_AMOUNT).contains(&cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        Order {
            order_id: "ord-7".to_owned(),
            customer_id: 17,
            status: "delivered".to_owned(),
            product: "KT-200".to_owned(),
            product_name: "Kettle".to_owned(),
            quantity: 2,
            unit_price_cents: 100,
            amount_cents: 200,
            currency: "EUR".to_owned(),
            region: "EU".to_owned(),
            placed_on: "2026-10-12".to_owned(),
            remark: String::new(),
            refunded_cents: 50,
            refunds: vec![PaidBack { refund_id: "rf-1".to_owned(), amount_cents: 50, approval_id: None }],
        }
    }

    #[test]
    fn an_order_that_adds_up_is_believed() {
        assert_eq!(order().problem(), None);
        assert_eq!(order().left(), 150);
    }

    #[test]
    fn an_order_that_contradicts_itself_is_not() {
        let bent: [fn(&mut Order); 8] = [
            |order| order.order_id = "ord-7/../8".to_owned(),
            |order| order.quantity = 3,
            |order| order.amount_cents = 300,
            |order| order.currency = "USD".to_owned(),
            |order| order.placed_on = "12.10.2026".to_owned(),
            |order| order.refunded_cents = 0,
            |order| order.refunds.push(order.refunds[0].clone()),
            |order| (order.quantity, order.unit_price_cents) = (i64::MAX, 2),
        ];
        for bend in bent {
            let mut order = order();
            bend(&mut order);
            assert!(order.problem().is_some(), "{order:?}");
        }
    }
}
