//! All customers, complete and valid, or none.

use reqwest::Method;

use super::api::Crm;
use super::{listing, validate};
use crate::crm::{CUSTOMERS, PAGE_SIZE};
use crate::outcome::{Call, Trouble};
use crate::records::Customer;

/// Listings taken before a difference to the server's count is believed: customers may have come or
/// gone while the pages were read.
const LISTINGS: u32 = 2;

/// Reads all customers, by id.
pub(super) async fn read(crm: &Crm) -> Result<Vec<Customer>, Trouble> {
    let first_page = format!("{CUSTOMERS}?_limit={PAGE_SIZE}&_sort=id");
    let mut listing = 1;
    loop {
        let records = listing::read(crm, &first_page, Call::CustomerPage).await?;
        let customers: Vec<Customer> =
            records.iter().map(|(id, record)| validate::customer(id, record)).collect::<Result<_, _>>()?;
        let counted = count(crm).await?;
        if counted == customers.len() {
            return Ok(customers);
        }
        if listing == LISTINGS {
            return Err(Trouble::Incomplete { counted, read: customers.len() });
        }
        listing += 1;
    }
}

/// How many customers the server says there are. It tells so only on `HEAD`, and under two names: the
/// second is the older one.
async fn count(crm: &Crm) -> Result<usize, Trouble> {
    let call = Call::CustomerCount;
    let reply = crm.read(Method::HEAD, &crm.url(CUSTOMERS), call).await?.granted(call)?;
    let total = reply.headers.get("total-objects").or_else(|| reply.headers.get("total-records"));
    total
        .and_then(|total| total.to_str().ok()?.parse().ok())
        .ok_or(Trouble::Malformed { call, problem: "there is no total" })
}
