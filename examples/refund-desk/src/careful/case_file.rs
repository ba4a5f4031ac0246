//! What is known in this run, all of it from the shop, and the gates that stand on it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::records::{Approval, Listed, Order, Page, Policy};
use crate::outcome::{ApprovalStatus, Cents, LastRefusal, Outcome, Refusal, Settled, Trouble};
use crate::ticket::Ticket;

/// More than this the desk does not pay, whatever anybody says.
const LIMIT_CENTS: Cents = 50_000;

/// Above this a person has to approve, whatever the policy says; the policy may ask for it earlier.
const APPROVAL_ABOVE_CENTS: Cents = 10_000;

/// The file of one ticket.
pub(super) struct CaseFile {
    ticket: Ticket,
    listed: BTreeMap<String, Listed>,
    total: Option<usize>,
    /// The cursor of the page that comes next; `None` at the start and at the end.
    next: Option<String>,
    complete: bool,
    order: Option<Order>,
    policy: Option<Policy>,
    approval: Option<Approval>,
    refund: Option<Settled>,
    noted: bool,
}

impl CaseFile {
    pub(super) fn new(ticket: Ticket) -> Self {
        Self {
            ticket,
            listed: BTreeMap::new(),
            total: None,
            next: None,
            complete: false,
            order: None,
            policy: None,
            approval: None,
            refund: None,
            noted: false,
        }
    }

    pub(super) fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    pub(super) fn refund(&self) -> Option<&Settled> {
        self.refund.as_ref()
    }

    /// The page that may be asked for: the first, then each that the one before named.
    pub(super) fn may_list(&self, cursor: Option<&str>) -> Result<(), Refusal> {
        let known =
            if self.total.is_none() { cursor.is_none() } else { cursor.is_some() && cursor == self.next.as_deref() };
        if known { Ok(()) } else { Err(Refusal::UnknownCursor) }
    }

    pub(super) fn add_page(&mut self, page: &Page) -> Result<(), String> {
        if page.customer_id != self.ticket.customer {
            return Err("these are the orders of another customer".to_owned());
        }
        if self.total.is_some_and(|total| total != page.total) {
            return Err("the number of orders changes from page to page".to_owned());
        }
        for order in &page.orders {
            let before = self.listed.insert(order.order_id.clone(), order.clone());
            if before.is_some() {
                return Err(format!("{} stands there twice", order.order_id));
            }
        }
        self.total = Some(page.total);
        self.next.clone_from(&page.next_cursor);
        self.complete = page.next_cursor.is_none();
        if self.complete && self.listed.len() != page.total {
            return Err(format!("the shop counts {} orders, its pages hold {}", page.total, self.listed.len()));
        }
        Ok(())
    }

    /// An order that may be read: one that was listed.
    pub(super) fn may_read(&self, order: &str) -> Result<(), Refusal> {
        if self.listed.contains_key(order) { Ok(()) } else { Err(Refusal::UnknownOrder) }
    }

    /// Keeps an order; it must be the one that was asked for, and what the list says.
    pub(super) fn add_order(&mut self, asked: &str, order: &Order) -> Result<(), String> {
        let listed = self.listed.get(asked).ok_or("the order was never listed")?;
        let same = order.order_id == *asked
            && order.status == listed.status
            && order.product == listed.product
            && order.amount_cents == listed.amount_cents;
        if !same {
            return Err("the order is not what the list says".to_owned());
        }
        if order.customer_id != self.ticket.customer {
            return Err("the order belongs to another customer".to_owned());
        }
        if order.product == self.ticket.product {
            self.order = Some(order.clone());
        }
        Ok(())
    }

    /// The order that this ticket is about, if it may be paid back at all.
    pub(super) fn order(&self, asked: &str) -> Result<&Order, Refusal> {
        self.may_read(asked)?;
        if !self.complete {
            return Err(Refusal::First("list all orders"));
        }
        let order = self.order.as_ref().ok_or(Refusal::First("read the order of the ticket's product"))?;
        if order.order_id != *asked {
            return Err(Refusal::NotRefundable("it is not the one of the ticket"));
        }
        if self.listed.values().filter(|listed| listed.product == order.product).count() > 1 {
            return Err(Refusal::NotRefundable("the customer has several orders of this product"));
        }
        if order.status != "delivered" {
            return Err(Refusal::NotRefundable("it was not delivered"));
        }
        if order.left() <= 0 {
            return Err(Refusal::NotRefundable("it is paid back already"));
        }
        Ok(order)
    }

    pub(super) fn add_policy(&mut self, asked: &str, policy: &Policy) -> Result<(), String> {
        let order = self.order(asked).map_err(|refusal| refusal.to_string())?;
        if policy.product != order.product || policy.region != order.region {
            return Err("it is the policy of something else".to_owned());
        }
        self.policy = Some(policy.clone());
        Ok(())
    }

    /// The order and its policy, if that amount of it may be paid back.
    pub(super) fn may_pay(&self, asked: &str, amount: Cents) -> Result<(&Order, &Policy), Refusal> {
        let order = self.order(asked)?;
        let policy = self.policy.as_ref().ok_or(Refusal::First("check the policy"))?;
        if !policy.refundable {
            return Err(Refusal::NotRefundable("the policy rules it out"));
        }
        let age = order.day().map(|day| day.until(self.ticket.received_on));
        if !age.is_some_and(|age| (0..=policy.window_days).contains(&age)) {
            return Err(Refusal::NotRefundable("the time is over"));
        }
        if amount != order.left() {
            return Err(Refusal::WrongAmount(order.left()));
        }
        if amount > LIMIT_CENTS {
            return Err(Refusal::AboveLimit(LIMIT_CENTS));
        }
        Ok((order, policy))
    }

    /// Keeps what a person said; it must be about this refund.
    pub(super) fn add_approval(&mut self, asked: &str, amount: Cents, approval: Approval) -> Result<(), String> {
        if approval.order_id != asked || approval.amount_cents != amount {
            return Err("the approval is for something else".to_owned());
        }
        if self.approval.as_ref().is_some_and(|known| known.approval_id != approval.approval_id) {
            return Err("it is not the approval that was asked for".to_owned());
        }
        self.approval = Some(approval);
        Ok(())
    }

    pub(super) fn approval(&self) -> Option<&Approval> {
        self.approval.as_ref()
    }

    /// The approval to pay with, if one is needed.
    pub(super) fn may_refund(&self, asked: &str, amount: Cents, named: Option<&str>) -> Result<Option<&str>, Refusal> {
        let (_, policy) = self.may_pay(asked, amount)?;
        let Some(approval) = &self.approval else {
            return match named {
                Some(_) => Err(Refusal::WrongApproval),
                None if amount > policy.approval_above_cents.min(APPROVAL_ABOVE_CENTS) => {
                    Err(Refusal::First("ask for approval"))
                }
                None => Ok(None),
            };
        };
        if approval.status != ApprovalStatus::Approved {
            return Err(Refusal::NotApproved(approval.status));
        }
        let fits = approval.order_id == *asked && approval.amount_cents == amount;
        match named {
            Some(named) if fits && approval.approval_id == named => Ok(Some(&approval.approval_id)),
            _ => Err(Refusal::WrongApproval),
        }
    }

    /// Keeps a refund that the order shows: this one, and no other in this run.
    pub(super) fn add_refund(
        &mut self,
        before: &Order,
        after: &Order,
        amount: Cents,
        approval: Option<&str>,
    ) -> Result<Settled, String> {
        let mut new = after.refunds.iter().filter(|refund| !before.refunds.contains(refund));
        let (Some(refund), None) = (new.next(), new.next()) else {
            return Err("it shows no refund, or more than one".to_owned());
        };
        let fits = refund.amount_cents == amount
            && refund.approval_id.as_deref() == approval
            && after.refunds.len() == before.refunds.len() + 1
            && after.refunded_cents == before.refunded_cents + amount
            && after.order_id == before.order_id
            && after.amount_cents == before.amount_cents;
        if !fits {
            return Err("it shows another refund".to_owned());
        }
        let settled = Settled {
            ticket: self.ticket.id.clone(),
            order: after.order_id.clone(),
            amount_cents: amount,
            refund: refund.refund_id.clone(),
            approvals: approval.map(str::to_owned).into_iter().collect(),
        };
        self.refund = Some(settled.clone());
        self.order = Some(after.clone());
        Ok(settled)
    }

    pub(super) fn set_noted(&mut self) {
        self.noted = true;
    }

    /// Whether nothing is left to do.
    pub(super) fn is_settled(&self) -> bool {
        self.refund.is_some() && self.noted
    }

    /// What can be claimed at the end.
    pub(super) fn outcome(self, ended: Result<(), Trouble>) -> Outcome {
        match (self.refund, ended) {
            (Some(settled), Ok(())) if self.noted => Outcome::Done(settled),
            (Some(settled), ended) => Outcome::Partial(settled, ended.err().unwrap_or(Trouble::NoNote)),
            (None, ended) => Outcome::Escalated(ended.err().unwrap_or(Trouble::Ended(LastRefusal(None)))),
        }
    }
}
