//! What a customer wants.

use std::fmt;
use std::ops::Range;

/// A filled-in form: a customer wants the money back for a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The number of the ticket.
    pub id: String,
    /// The day on which it came in.
    pub received_on: Day,
    /// The customer, as logged in.
    pub customer: i64,
    /// The product that was chosen in the form.
    pub product: String,
    /// What the customer writes.
    pub said: String,
}

impl Ticket {
    /// The ticket of the recordings.
    #[must_use]
    pub fn of_the_kettle() -> Self {
        Self {
            id: "T-2048".to_owned(),
            received_on: Day { year: 2026, month: 11, day: 18 },
            customer: 17,
            product: "KT-200".to_owned(),
            said: "The kettle leaks at the spout since last week, there is a crack. I want my money back.".to_owned(),
        }
    }
}

/// As the model is told of it.
impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Ticket: {}", self.id)?;
        writeln!(f, "Received: {}", self.received_on)?;
        writeln!(f, "Customer: {}", self.customer)?;
        writeln!(f, "Product: {}", self.product)?;
        write!(f, "The customer writes: {}", self.said)
    }
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, as in 2026.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
}

impl Day {
    /// Reads `2026-11-18` and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if text.len() != 10 || !plain {
            return None;
        }
        let part = |range: Range<usize>| text.get(range)?.parse::<i64>().ok();
        let day = Self { year: part(0..4)?, month: part(5..7)?, day: part(8..10)? };
        (1..=day.days_of_month()?).contains(&day.day).then_some(day)
    }

    fn days_of_month(self) -> Option<i64> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        Some(match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + i64::from(leap),
            _ => return None,
        })
    }

    /// Days from this one to a later one; negative if it is earlier.
    #[must_use]
    pub fn until(self, later: Self) -> i64 {
        later.number() - self.number()
    }

    /// Days since the first of March of the year 0.
    fn number(self) -> i64 {
        let (year, month) = if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + self.day
            - 1
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        let between = |from, to| Day::parse(from).unwrap().until(Day::parse(to).unwrap());
        assert_eq!(between("2026-10-12", "2026-11-18"), 37);
        assert_eq!(between("2024-02-28", "2024-03-01"), 2);
        assert_eq!(between("2026-02-28", "2026-03-01"), 1);
        assert_eq!(between("2027-01-01", "2026-12-31"), -1);
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in ["", "2026-13-01", "2026-02-29", "2026-1-01", "18.11.2026", "2026-11-18T10:00:00Z", "+026-11-18"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
