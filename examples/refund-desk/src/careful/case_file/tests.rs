//! The gates, one by one.

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
    assert_eq!(file_with(&order(), &generous).may_refund(KETTLE, PRICE, None), Err(Refusal::First("ask for approval")));
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
        let refund =
            PaidBack { refund_id: "rf-1".to_owned(), amount_cents: amount, approval_id: approval.map(str::to_owned) };
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
