//! The shop: one function for each request, and replies as checked records.

use reqwest::Request;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::attempts::{Http, Reply};
use super::records::{Approval, Note, Order, Page, Policy, Record, Refund};
use crate::outcome::{Cents, Trouble};
use crate::shop::PAGE_SIZE;

/// The shop at a base URL.
pub(super) struct Shop {
    http: Http,
    base: String,
}

impl Shop {
    pub(super) fn at(base: &str, http: Http) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned() }
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) async fn orders(&self, customer: i64, cursor: Option<&str>) -> Result<Page, Trouble> {
        let mut query = vec![("page_size", PAGE_SIZE.to_string())];
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        self.read("the list of orders", &format!("/customers/{customer}/orders"), &query).await
    }

    pub(super) async fn order(&self, order: &str) -> Result<Order, Trouble> {
        self.read("the order", &format!("/orders/{order}"), &[]).await
    }

    pub(super) async fn policy(&self, product: &str, region: &str) -> Result<Policy, Trouble> {
        let query = [("product", product.to_owned()), ("region", region.to_owned())];
        self.read("the policy", "/policies", &query).await
    }

    pub(super) async fn approval(&self, approval: &str) -> Result<Approval, Trouble> {
        self.read("the approval", &format!("/approvals/{approval}"), &[]).await
    }

    pub(super) async fn ask(&self, key: &str, order: &str, amount: Cents, reason: &str) -> Result<Approval, Trouble> {
        let body = json!({"order_id": order, "amount_cents": amount, "reason": reason});
        self.write("asking for approval", "/approvals", key, &body).await
    }

    pub(super) async fn refund(
        &self,
        key: &str,
        order: &str,
        amount: Cents,
        approval: Option<&str>,
    ) -> Result<Refund, Trouble> {
        let body = json!({"order_id": order, "amount_cents": amount, "approval_id": approval});
        self.write("the refund", "/refunds", key, &body).await
    }

    pub(super) async fn note(&self, key: &str, order: &str, text: &str) -> Result<Note, Trouble> {
        self.write("the note", &format!("/orders/{order}/notes"), key, &json!({"text": text})).await
    }

    async fn read<T: Record + DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Trouble> {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.client().get(url);
        if !query.is_empty() {
            request = request.query(query);
        }
        self.send(call, request.build()).await
    }

    /// A write goes out with a key under which the shop does it once, however often it arrives.
    async fn write<T: Record + DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<T, Trouble> {
        let request = self.http.client().post(format!("{}{path}", self.base)).header("Idempotency-Key", key).json(body);
        self.send(call, request.build()).await
    }

    async fn send<T: Record + DeserializeOwned>(
        &self,
        call: &'static str,
        request: reqwest::Result<Request>,
    ) -> Result<T, Trouble> {
        let request = request.map_err(|error| Trouble::NoClient(error.to_string()))?;
        let reply = self.http.send(call, &request, is_json).await?;
        if !reply.is_success() {
            return Err(Trouble::Refused { call, status: reply.status });
        }
        let malformed = |problem: String| Trouble::Malformed { call, problem };
        let record: T = serde_json::from_slice(&reply.body).map_err(|error| malformed(error.to_string()))?;
        record.problem().map_or(Ok(record), |problem| Err(malformed(problem.to_owned())))
    }
}

/// A success that is no JSON was cut off or comes from something in between; asked again, it may be whole.
fn is_json(reply: &Reply) -> Result<(), String> {
    let whole = !reply.is_success() || serde_json::from_slice::<serde::de::IgnoredAny>(&reply.body).is_ok();
    if whole { Ok(()) } else { Err("an unreadable reply".to_owned()) }
}
