//! What is known in this run, all of it from the shop, and the gates that stand on it.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::careful::records::PaidBack;

    const KETTLE: &str = "ord-1024";
    const PRICE: Cents = 24_900;

    fn listed(order: &str, product: &str) -> Listed {
        Listed {
            order_id: order.to_owned(),
            status: "delivered".to_owned(),
            product: product.to_owned(),
            product_name: "A thing".to_owned(),
            amount_cents: PRICE,
        }
    }

    fn page(orders: Vec<Listed>, total: usize, next: Option<&str>) -> Page {
        Page { customer_id: 17, total, orders, next_cursor: next.map(str::to_owned) }
    }

    fn order() -> Order {
        Order {
            order_id: KETTLE.to_owned(),
            customer_id: 17,
            status: "delivered".to_owned(),
            product: "KT-200".to_owned(),
            product_name: "A thing".to_owned(),
            quantity: 1,
            unit_price_cents: PRICE,
            amount_cents: PRICE,
            currency: "EUR".to_owned(),
            region: "EU".to_owned(),
            placed_on: "2026-10-12".to_owned(),
            remark: String::new(),
            refunded_cents: 0,
            refunds: Vec::new(),
        }
    }

    fn policy() -> Policy {
        Policy {
            product: "KT-200".to_owned(),
            region: "EU".to_owned(),
            refundable: true,
            window_days: 60,
            approval_above_cents: 10_000,
            text: String::new(),
        }
    }

    fn approval(status: ApprovalStatus) -> Approval {
        Approval {
            approval_id: "apr-1".to_owned(),
            status,
            order_id: KETTLE.to_owned(),
            amount_cents: PRICE,
            decided_by: "shift lead".to_owned(),
            comment: String::new(),
        }
    }

    /// A file in which all is known but for the approval.
    fn file_with(order: &Order, policy: &Policy) -> CaseFile {
        let mut file = CaseFile::new(Ticket::of_the_kettle());
        file.add_page(&page(vec![listed(KETTLE, "KT-200")], 1, None)).unwrap();
        file.add_order(KETTLE, order).unwrap();
        file.add_policy(KETTLE, policy).unwrap();
        file
    }

    #[test]
    fn what_was_approved_may_be_paid_and_nothing_else() {
        let mut file = file_with(&order(), &policy());
        assert_eq!(file.may_refund(KETTLE, PRICE, None), Err(Refusal::First("ask for approval")));
        assert_eq!(file.may_refund(KETTLE, PRICE, Some("apr-1")), Err(Refusal::WrongApproval));
        file.add_approval(KETTLE, PRICE, approval(ApprovalStatus::Approved)).unwrap();
        assert_eq!(file.may_refund(KETTLE, PRICE, Some("apr-1")), Ok(Some("apr-1")));
        assert_eq!(file.may_refund(KETTLE, PRICE, Some("apr-2")), Err(Refusal::WrongApproval));
        assert_eq!(file.may_refund(KETTLE, PRICE, None), Err(Refusal::WrongApproval));
        assert_eq!(file.may_refund(KETTLE, PRICE - 1, Some("apr-1")), Err(Refusal::WrongAmount(PRICE)));
        assert_eq!(file.may_refund("ord-1025", PRICE, Some("apr-1")), Err(Refusal::UnknownOrder));
    }

    #[test]
    fn an_approval_that_is_none_opens_nothing() {
        for status in [ApprovalStatus::Pending, ApprovalStatus::Denied] {
            let mut file = file_with(&order(), &policy());
            file.add_approval(KETTLE, PRICE, approval(status)).unwrap();
            assert_eq!(file.may_refund(KETTLE, PRICE, Some("apr-1")), Err(Refusal::NotApproved(status)));
        }
        let mut file = file_with(&order(), &policy());
        assert!(file.add_approval(KETTLE, PRICE + 1, approval(ApprovalStatus::Approved)).is_err());
        assert!(file.add_approval("ord-1", PRICE, approval(ApprovalStatus::Approved)).is_err());
    }

    #[test]
    fn a_policy_cannot_raise_the_limits_of_the_desk() {
        let generous = Policy { approval_above_cents: 90_000, ..policy() };
        assert_eq!(
            file_with(&order(), &generous).may_refund(KETTLE, PRICE, None),
            Err(Refusal::First("ask for approval"))
        );
        let mut file = CaseFile::new(Ticket::of_the_kettle());
        let dear = LIMIT_CENTS + 1;
        let order = Order { unit_price_cents: dear, amount_cents: dear, ..order() };
        file.add_page(&page(vec![Listed { amount_cents: dear, ..listed(KETTLE, "KT-200") }], 1, None)).unwrap();
        file.add_order(KETTLE, &order).unwrap();
        file.add_policy(KETTLE, &generous).unwrap();
        assert_eq!(file.may_refund(KETTLE, dear, None), Err(Refusal::AboveLimit(LIMIT_CENTS)));
    }

    #[test]
    fn what_the_policy_rules_out_is_not_paid() {
        let refused =
            |order: Order, policy: Policy| file_with(&order, &policy).may_pay(KETTLE, PRICE).map(|_| ()).unwrap_err();
        let no = Refusal::NotRefundable;
        assert_eq!(refused(order(), Policy { refundable: false, ..policy() }), no("the policy rules it out"));
        assert_eq!(refused(order(), Policy { window_days: 36, ..policy() }), no("the time is over"));
        let later = Order { placed_on: "2026-11-19".to_owned(), ..order() };
        assert_eq!(refused(later, policy()), no("the time is over"));
        assert!(file_with(&order(), &Policy { window_days: 37, ..policy() }).may_pay(KETTLE, PRICE).is_ok());
    }

    #[test]
    fn the_list_has_to_be_whole_and_name_one_such_order() {
        let mut file = CaseFile::new(Ticket::of_the_kettle());
        assert_eq!(file.may_list(Some("ord-1024")), Err(Refusal::UnknownCursor));
        file.add_page(&page(vec![listed(KETTLE, "KT-200")], 2, Some("ord-1024"))).unwrap();
        file.add_order(KETTLE, &order()).unwrap();
        assert_eq!(file.order(KETTLE), Err(Refusal::First("list all orders")));
        assert_eq!(file.may_list(None), Err(Refusal::UnknownCursor));
        assert_eq!(file.may_list(Some("ord-1024")), Ok(()));
        file.add_page(&page(vec![listed("ord-1030", "KT-200")], 2, None)).unwrap();
        assert_eq!(file.order(KETTLE), Err(Refusal::NotRefundable("the customer has several orders of this product")));
    }

    #[test]
    fn pages_that_contradict_themselves_are_an_error() {
        let of = |pages: &[Page]| {
            let mut file = CaseFile::new(Ticket::of_the_kettle());
            pages.iter().try_for_each(|page| file.add_page(page)).is_ok()
        };
        let one = || vec![listed(KETTLE, "KT-200")];
        assert!(of(&[page(one(), 1, None)]));
        assert!(!of(&[page(one(), 2, None)]));
        assert!(!of(&[Page { customer_id: 23, ..page(one(), 1, None) }]));
        assert!(!of(&[page(one(), 1, Some("ord-1024")), page(one(), 1, None)]));
        assert!(!of(&[page(one(), 2, Some("ord-1024")), page(vec![listed("ord-1030", "TB-012")], 3, None)]));
    }

    #[test]
    fn only_a_refund_that_the_order_shows_is_one() {
        let paid = |amount, approval: Option<&str>| {
            let refund = PaidBack {
                refund_id: "rf-1".to_owned(),
                amount_cents: amount,
                approval_id: approval.map(str::to_owned),
            };
            Order { refunded_cents: amount, refunds: vec![refund], ..order() }
        };
        let shown = |after: Order| {
            let mut file = file_with(&order(), &policy());
            file.add_refund(&order(), &after, PRICE, Some("apr-1")).is_ok()
        };
        assert!(shown(paid(PRICE, Some("apr-1"))));
        assert!(!shown(order()));
        assert!(!shown(paid(PRICE - 1, Some("apr-1"))));
        assert!(!shown(paid(PRICE, None)));
        assert!(!shown(Order { refunded_cents: 0, ..paid(PRICE, Some("apr-1")) }));
        assert!(!shown(Order { order_id: "ord-1".to_owned(), ..paid(PRICE, Some("apr-1")) }));
    }

    #[test]
    fn done_needs_the_refund_and_the_note() {
        let paid = || {
            let mut file = file_with(&order(), &policy());
            let refund = PaidBack { refund_id: "rf-1".to_owned(), amount_cents: PRICE, approval_id: None };
            let after = Order { refunded_cents: PRICE, refunds: vec![refund], ..order() };
            file.add_refund(&order(), &after, PRICE, None).unwrap();
            file
        };
        assert!(matches!(paid().outcome(Ok(())), Outcome::Partial(_, Trouble::NoNote)));
        assert!(matches!(paid().outcome(Err(Trouble::TooManySteps(1))), Outcome::Partial(_, Trouble::TooManySteps(1))));
        let mut noted = paid();
        noted.set_noted();
        assert!(matches!(noted.outcome(Ok(())), Outcome::Done(_)));
        assert!(matches!(file_with(&order(), &policy()).outcome(Ok(())), Outcome::Escalated(Trouble::Ended(_))));
    }
}
