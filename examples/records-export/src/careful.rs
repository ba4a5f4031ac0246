//! The same export done with care: nothing is written before everything was read and checked, and
//! nothing is claimed that was not read back.
//!
//! Requests go out one after the other and depend on the replies alone, so two runs against equal
//! servers send equal requests.

mod api;
mod batch;
mod customers;
mod listing;
mod summaries;
mod validate;
mod wait;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::api::Crm;
use crate::outcome::{Outcome, Trouble};
use crate::records::{Customer, Report, Summary};

/// Exports the customers of the CRM at `base`, a URL that ends in `/v1`.
pub async fn export(base: &str) -> Outcome {
    let crm = match Crm::at(base) {
        Ok(crm) => crm,
        Err(trouble) => return Outcome::Failed(trouble),
    };
    let wanted = match customers::read(&crm).await {
        Ok(customers) => summarize(&customers),
        Err(trouble) => return Outcome::Failed(trouble),
    };

    let created = summaries::create(&crm, &wanted).await;
    if let Err(trouble) = &created
        && trouble.ends_all()
    {
        return Outcome::Partial(Report::default(), trouble.clone());
    }
    let stored = match summaries::read_back(&crm).await {
        Ok(stored) => stored,
        Err(trouble) => return Outcome::Partial(Report::default(), trouble),
    };

    let differences = stored.differences(&wanted);
    let proven = wanted.into_iter().filter(|summary| stored.holds(summary)).collect();
    let proven = Report::on(proven);
    match created {
        Err(trouble) => Outcome::Partial(proven, trouble),
        Ok(()) if !differences.is_empty() => Outcome::Partial(proven, Trouble::Mismatch(differences)),
        Ok(()) => Outcome::Done(proven),
    }
}

/// Adds up the customers of each region, by region.
fn summarize(customers: &[Customer]) -> Vec<Summary> {
    let mut regions: BTreeMap<&str, Summary> = BTreeMap::new();
    for customer in customers {
        let summary = regions.entry(&customer.region).or_insert_with(|| Summary {
            region: customer.region.clone(),
            customers: 0,
            amount: 0,
        });
        summary.customers += 1;
        summary.amount += customer.amount;
    }
    regions.into_values().collect()
}
