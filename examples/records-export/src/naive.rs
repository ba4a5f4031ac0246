//! The export as it is written in a hurry: it handles the errors that come to mind, and assumes that a
//! reply with status 200 is the truth and the whole truth.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::time::sleep;

use crate::crm::{BATCH, CUSTOMERS, PAGE_SIZE, PASSWORD, SUMMARIES, TIMEOUT, USER};
use crate::records::{Cents, Report, Summary};

const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// A request that failed in every attempt.
#[derive(Debug, Error)]
#[error("export failed: {0}")]
pub struct NaiveError(#[from] reqwest::Error);

/// Exports the customers of the CRM at `base`, a URL that ends in `/v1`.
///
/// # Errors
///
/// If the first page cannot be read or the summaries cannot be sent.
pub async fn export(base: &str) -> Result<Report, NaiveError> {
    let client = Client::builder().timeout(TIMEOUT).build()?;
    let customers = read_customers(&client, base).await?;
    let summaries = summarize(&customers);

    let requests: Vec<Value> = summaries.iter().map(|summary| json!({"body": {"data": summary}})).collect();
    let batch = json!({
        "defaults": {"method": "POST", "path": SUMMARIES},
        "requests": requests,
    });
    send(|| client.post(format!("{base}{BATCH}")).json(&batch)).await?;

    Ok(Report::on(summaries))
}

/// Follows the pages to the end, or as far as they can be read.
async fn read_customers(client: &Client, base: &str) -> Result<Vec<Value>, NaiveError> {
    let mut customers = Vec::new();
    let mut next = Some(format!("{base}{CUSTOMERS}?_limit={PAGE_SIZE}&_sort=id"));
    while let Some(url) = next {
        let response = match send(|| client.get(&url)).await {
            Ok(response) => response,
            Err(error) if customers.is_empty() => return Err(error),
            Err(_) => break,
        };
        next = next_page(&response);
        let page: Value = response.json().await.unwrap_or_default();
        match page["data"].as_array() {
            Some(records) if !records.is_empty() => customers.extend_from_slice(records),
            _ => break,
        }
    }
    Ok(customers)
}

/// Sends a request up to three times.
async fn send(request: impl Fn() -> RequestBuilder) -> Result<Response, NaiveError> {
    let mut attempt = 1;
    loop {
        let sent = request().basic_auth(USER, Some(PASSWORD)).send().await;
        match sent.and_then(Response::error_for_status) {
            Ok(response) => return Ok(response),
            Err(error) if attempt == ATTEMPTS => return Err(error.without_url().into()),
            Err(_) => sleep(PAUSE).await,
        }
        attempt += 1;
    }
}

fn next_page(response: &Response) -> Option<String> {
    let url = response.headers().get("next-page")?.to_str().ok()?;
    Some(url.to_owned())
}

/// Adds up the customers of each region.
fn summarize(customers: &[Value]) -> Vec<Summary> {
    let mut regions: BTreeMap<&str, (u64, Cents)> = BTreeMap::new();
    for customer in customers {
        let region = customer["region"].as_str().unwrap_or("unknown");
        let (count, amount) = regions.entry(region).or_default();
        *count += 1;
        *amount = amount.saturating_add(customer["amount"].as_i64().unwrap_or(0));
    }
    regions
        .into_iter()
        .map(|(region, (customers, amount))| Summary { region: region.to_owned(), customers, amount })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::export;
    use crate::fake_crm::{FakeCrm, Fault};

    #[tokio::test(start_paused = true)]
    async fn all_customers_are_exported() {
        let crm = FakeCrm::start([]).await;
        let report = export(&crm.base).await.unwrap();
        assert_eq!((report.records, report.total_amount), (12, 1200));
        assert_eq!(crm.stored(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_request_is_repeated() {
        let crm = FakeCrm::start([(2, Fault::Status(503, "x: y")), (5, Fault::Silence)]).await;
        assert_eq!(export(&crm.base).await.unwrap().records, 12);
    }
}
