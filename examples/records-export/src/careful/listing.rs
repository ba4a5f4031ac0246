//! All records of a collection, page by page.

use std::collections::{BTreeMap, HashSet};

use reqwest::Method;
use serde_json::Value;

use super::api::{Crm, Reply};
use crate::outcome::{Call, Trouble};

const LONGEST_LISTING: usize = 500;
const RESTARTS: u32 = 2;

/// Records as the server sent them, by id.
pub(super) type Records = BTreeMap<String, Value>;

/// Reads the collection from the first page, at `path`, to the one without a link to the next.
///
/// Page tokens expire. If one is rejected, all is read again from the first page; what was read before
/// is dropped, as it may belong to another state of the collection.
pub(super) async fn read(crm: &Crm, path: &str, call: fn(usize) -> Call) -> Result<Records, Trouble> {
    for _ in 0..=RESTARTS {
        if let Some(records) = read_through(crm, path, call).await? {
            return Ok(records);
        }
    }
    Err(Trouble::TokensRejected { restarts: RESTARTS })
}

/// Reads the pages once; `None` if a token was rejected.
async fn read_through(crm: &Crm, path: &str, call: fn(usize) -> Call) -> Result<Option<Records>, Trouble> {
    let mut records = Records::new();
    let mut followed = HashSet::new();
    let mut url = crm.url(path);
    for page in 1..=LONGEST_LISTING {
        if !followed.insert(url.clone()) {
            return Err(Trouble::PageLoop(call(page)));
        }
        let reply = crm.read(Method::GET, &url, call(page)).await?;
        if page > 1 && matches!(reply.status.as_u16(), 400 | 410 | 422) {
            return Ok(None);
        }
        let reply = reply.granted(call(page))?;
        let rows = rows(&reply, call(page))?;
        let news = add(&mut records, rows, page)?;
        // Tokens may be made anew each time; a page of nothing but known records is a loop as well.
        // An empty page is not: records may be filtered out after the page was cut.
        if news == 0 && !rows.is_empty() {
            return Err(Trouble::PageLoop(call(page)));
        }
        match next_page(crm, &reply, call(page))? {
            Some(next) => url = next,
            None => return Ok(Some(records)),
        }
    }
    Err(Trouble::TooManyPages(call(LONGEST_LISTING + 1)))
}

fn rows(reply: &Reply, call: Call) -> Result<&Vec<Value>, Trouble> {
    reply.body["data"].as_array().ok_or(Trouble::Malformed { call, problem: "there is no list `data`" })
}

/// Adds the rows of a page that are not yet known, and counts them.
fn add(records: &mut Records, rows: &[Value], page: usize) -> Result<usize, Trouble> {
    let before = records.len();
    for (place, row) in rows.iter().enumerate() {
        let Some(id) = row["id"].as_str() else {
            return Err(Trouble::Invalid {
                record: format!("{} of page {page}", place + 1),
                field: "id",
                problem: "is not a text",
            });
        };
        match records.get(id) {
            Some(known) if known != row => return Err(Trouble::Contradiction(id.to_owned())),
            Some(_) => {}
            None => {
                records.insert(id.to_owned(), row.clone());
            }
        }
    }
    Ok(records.len() - before)
}

/// The link to the next page. Its absence is the only sign of the end.
fn next_page(crm: &Crm, reply: &Reply, call: Call) -> Result<Option<String>, Trouble> {
    let Some(header) = reply.headers.get("next-page") else { return Ok(None) };
    match header.to_str() {
        Ok(url) if crm.owns(url) => Ok(Some(url.to_owned())),
        _ => Err(Trouble::Malformed { call, problem: "the next page is not on this server" }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_met_again_counts_once() {
        let mut records = Records::new();
        let page = [json!({"id": "cust-0001", "amount": 1}), json!({"id": "cust-0002", "amount": 2})];
        assert_eq!(add(&mut records, &page, 1), Ok(2));
        assert_eq!(add(&mut records, &page[1..], 2), Ok(0));
        assert_eq!(records.len(), 2);
    }

    #[test]
    fn one_id_with_two_contents_is_a_contradiction() {
        let mut records = Records::new();
        add(&mut records, &[json!({"id": "cust-0001", "amount": 1})], 1).unwrap();
        let again = add(&mut records, &[json!({"id": "cust-0001", "amount": 7})], 2);
        assert_eq!(again, Err(Trouble::Contradiction("cust-0001".to_owned())));
    }

    #[test]
    fn a_record_without_id_is_named_by_its_place() {
        let page = [json!({"id": "cust-0001"}), json!({"id": null})];
        let trouble = add(&mut Records::new(), &page, 3).unwrap_err();
        assert_eq!(trouble.to_string(), "record 2 of page 3: `id` is not a text");
    }
}
