//! Customers, what is summed up of them, and what an agent claims at the end.

use std::fmt;

use serde::Serialize;

/// An amount of money in the smallest unit.
pub type Cents = i64;

/// One customer of the CRM, every field checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `cust-` and four digits.
    pub id: String,
    /// The name, not empty and without control characters.
    pub name: String,
    /// The sales region: country code, hyphen, point of the compass, as in `EU-N`.
    pub region: String,
    /// What the customer has bought.
    pub plan: Plan,
    /// The yearly amount, positive.
    pub amount: Cents,
    /// The day the contract began.
    pub signed_up: Date,
}

/// What can be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// One desk.
    Starter,
    /// Up to fifty desks.
    Team,
    /// A contract of its own.
    Enterprise,
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year, as in 2024.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What is stored for one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The region, as its customers name it.
    pub region: String,
    /// How many customers it has.
    pub customers: u64,
    /// What they pay together.
    pub amount: Cents,
}

/// What an agent claims to have done. It holds nothing that the server makes up, such as ids or times,
/// and is the same for the same customers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Customers covered by the summaries.
    pub records: u64,
    /// What these customers pay together.
    pub total_amount: Cents,
    /// The summaries created, by region.
    pub summaries: Vec<Summary>,
}

impl Report {
    /// The report on these summaries.
    #[must_use]
    pub fn on(mut summaries: Vec<Summary>) -> Self {
        summaries.sort_by(|a, b| a.region.cmp(&b.region));
        Self {
            records: summaries.iter().map(|summary| summary.customers).sum(),
            total_amount: summaries.iter().fold(0, |total, summary| total.saturating_add(summary.amount)),
            summaries,
        }
    }
}
