//! The tools of the naive desk: one request each, and the model decides about everything in it.

use std::time::Duration;

use async_openai::types::chat::{ChatCompletionTool, ChatCompletionTools, FunctionObject};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::outcome::Settled;
use crate::shop::PAGE_SIZE;
use crate::ticket::Ticket;

const TIMEOUT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(500);
const ATTEMPTS: u32 = 3;

/// What the model may call.
pub(super) fn offered() -> Vec<ChatCompletionTools> {
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer"});
    [
        (
            "list_orders",
            "Lists the orders of a customer, page by page.",
            json!({"customer_id": number(), "cursor": {"type": ["string", "null"]}}),
        ),
        ("get_order", "Reads one order.", json!({"order_id": text()})),
        (
            "check_policy",
            "Reads the refund policy for a product in a region.",
            json!({"product": text(), "region": text()}),
        ),
        (
            "ask_approval",
            "Asks the shift lead whether an amount may be paid back.",
            json!({"order_id": text(), "amount_cents": number(), "reason": text()}),
        ),
        (
            "refund",
            "Pays an amount back.",
            json!({"order_id": text(), "amount_cents": number(), "approval_id": {"type": ["string", "null"]}}),
        ),
        ("add_note", "Writes a note to an order.", json!({"order_id": text(), "text": text()})),
        ("notify_customer", "Sends the customer a message.", json!({"customer_id": number(), "text": text()})),
    ]
    .into_iter()
    .map(|(name, description, properties)| {
        ChatCompletionTools::Function(ChatCompletionTool {
            function: FunctionObject {
                name: name.to_owned(),
                description: Some(description.to_owned()),
                parameters: Some(json!({"type": "object", "properties": properties})),
                strict: None,
            },
        })
    })
    .collect()
}

/// The tools, and what was paid with them.
pub(super) struct Tools {
    client: Client,
    base: String,
    ticket: String,
    pub(super) settled: Vec<Settled>,
    approvals: Vec<String>,
}

impl Tools {
    pub(super) fn of(base: &str, ticket: &Ticket) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(TIMEOUT).build()?;
        let (base, ticket) = (base.to_owned(), ticket.id.clone());
        Ok(Self { client, base, ticket, settled: Vec::new(), approvals: Vec::new() })
    }

    /// Runs a tool; what it returns goes to the model as it is.
    #[expect(clippy::unwrap_used, reason = "this is the version that was written in a hurry")]
    pub(super) async fn run(&mut self, tool: &str, arguments: &str) -> Result<String, reqwest::Error> {
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        match tool {
            "list_orders" => {
                let customer = arguments["customer_id"].as_i64().unwrap();
                let mut query = vec![("page_size", PAGE_SIZE.to_string())];
                query.extend(arguments["cursor"].as_str().map(|cursor| ("cursor", cursor.to_owned())));
                let url = format!("{}/customers/{customer}/orders", self.base);
                self.send(|client| client.get(&url).query(&query)).await?.text().await
            }
            "get_order" => {
                let url = format!("{}/orders/{}", self.base, arguments["order_id"].as_str().unwrap());
                self.send(|client| client.get(&url)).await?.text().await
            }
            "check_policy" => {
                let query = ["product", "region"].map(|name| (name, arguments[name].as_str().unwrap()));
                let url = format!("{}/policies", self.base);
                self.send(|client| client.get(&url).query(&query)).await?.text().await
            }
            "ask_approval" => {
                let url = format!("{}/approvals", self.base);
                let reply: Value = self.send(|client| client.post(&url).json(&arguments)).await?.json().await?;
                let approval = reply["approval_id"].as_str().unwrap().to_owned();
                self.approvals.push(approval.clone());
                Ok(json!({"approval_id": approval}).to_string())
            }
            "refund" => {
                let url = format!("{}/refunds", self.base);
                let reply = self.send(|client| client.post(&url).json(&arguments)).await?.error_for_status()?;
                let reply: Value = reply.json().await.unwrap_or_default();
                self.settled.push(Settled {
                    ticket: self.ticket.clone(),
                    order: arguments["order_id"].as_str().unwrap().to_owned(),
                    amount_cents: arguments["amount_cents"].as_i64().unwrap(),
                    refund: reply["refund_id"].as_str().unwrap_or_default().to_owned(),
                    approvals: self.approvals.clone(),
                });
                Ok("paid back".to_owned())
            }
            "add_note" => {
                let url = format!("{}/orders/{}/notes", self.base, arguments["order_id"].as_str().unwrap());
                self.send(|client| client.post(&url).json(&json!({"text": arguments["text"]}))).await?;
                Ok("noted".to_owned())
            }
            "notify_customer" => {
                let url = format!("{}/customers/{}/messages", self.base, arguments["customer_id"]);
                self.send(|client| client.post(&url).json(&json!({"text": arguments["text"]}))).await?;
                Ok("sent".to_owned())
            }
            other => panic!("no tool `{other}`"),
        }
    }

    /// Sends a request until it gets through.
    async fn send(&self, request: impl Fn(&Client) -> RequestBuilder) -> Result<Response, reqwest::Error> {
        let mut attempt = 1;
        loop {
            match request(&self.client).send().await {
                // The limit is over soon.
                Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => {}
                Ok(response) if response.status().is_server_error() && attempt < ATTEMPTS => attempt += 1,
                Ok(response) => return Ok(response),
                Err(error) if attempt == ATTEMPTS => return Err(error.without_url()),
                Err(_) => attempt += 1,
            }
            if attempt > 1 {
                sleep(PAUSE).await;
            }
        }
    }
}
