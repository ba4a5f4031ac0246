//! The order service by itself, and both agents against it and the planner, over real connections.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use refund_desk::service::Store;
use refund_desk::{Outcome, Ticket, careful, naive, planner, service};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Serves a router on a free port; its base URL.
async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn shop() -> String {
    serve(service::router(Store::create(":memory:").unwrap())).await
}

async fn model() -> String {
    format!("{}/v1", serve(planner::router()).await)
}

async fn get(url: String) -> (StatusCode, Value) {
    let reply = reqwest::get(url).await.unwrap();
    (reply.status(), reply.json().await.unwrap())
}

async fn post(url: &str, key: Option<&str>, body: &Value) -> (StatusCode, Value) {
    let mut request = Client::new().post(url).json(body);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let reply = request.send().await.unwrap();
    (reply.status(), reply.json().await.unwrap())
}

#[tokio::test]
async fn orders_come_in_pages_and_each_only_once() {
    let shop = shop().await;
    let mut url = format!("{shop}/customers/17/orders?page_size=2");
    let mut seen = Vec::new();
    loop {
        let (_, page) = get(url).await;
        assert_eq!(page["total"], 5);
        seen.extend(page["orders"].as_array().unwrap().iter().map(|order| order["order_id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        url = format!("{shop}/customers/17/orders?page_size=2&cursor={cursor}");
    }
    assert_eq!(seen, ["ord-1003", "ord-1011", "ord-1019", "ord-1024", "ord-1030"]);
    assert_eq!(get(format!("{shop}/customers/99/orders")).await.1["total"], 0);
}

#[tokio::test]
async fn a_refund_shows_in_its_order_and_the_same_key_pays_once() {
    let shop = shop().await;
    let (refunds, body) = (format!("{shop}/refunds"), json!({"order_id": "ord-1024", "amount_cents": 100}));
    let (status, first) = post(&refunds, Some("k-1"), &body).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(post(&refunds, Some("k-1"), &body).await.1, first);
    let (status, _) = post(&refunds, Some("k-1"), &json!({"order_id": "ord-1024", "amount_cents": 200})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(get(format!("{shop}/orders/ord-1024")).await.1["refunded_cents"], 100);
    // Without a key it trusts its callers.
    post(&refunds, None, &body).await;
    post(&refunds, None, &body).await;
    let (_, order) = get(format!("{shop}/orders/ord-1024")).await;
    assert_eq!((&order["refunded_cents"], order["refunds"].as_array().unwrap().len()), (&json!(300), 3));
}

#[tokio::test]
async fn the_person_answers_at_once_later_or_never() {
    let shop = shop().await;
    let ask = async |order: &str, amount: i64| {
        let body = json!({"order_id": order, "amount_cents": amount, "reason": "leaks"});
        post(&format!("{shop}/approvals"), None, &body).await.1
    };
    assert_eq!(ask("ord-1024", 24_900).await["status"], "approved");
    assert_eq!(ask("ord-1024", 24_901).await["status"], "denied");
    let later = ask("ord-1025", 40_000).await;
    assert_eq!(later["status"], "pending");
    let url = format!("{shop}/approvals/{}", later["approval_id"].as_str().unwrap());
    assert_eq!(get(url.clone()).await.1["status"], "pending");
    assert_eq!(get(url).await.1["status"], "approved");
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let shop = shop().await;
    for path in ["/orders/ord-9", "/approvals/apr-9", "/approvals/x", "/policies?product=KT-200&region=MARS"] {
        let (status, body) = get(format!("{shop}{path}")).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{path}");
    }
    let refund = json!({"order_id": "ord-1024", "amount_cents": 0});
    assert_eq!(post(&format!("{shop}/refunds"), None, &refund).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn both_agents_pay_the_kettle_back_once() {
    let ticket = Ticket::of_the_kettle();
    for careful_one in [false, true] {
        let (shop, model) = (shop().await, model().await);
        let settled = if careful_one {
            match careful::handle(&model, &shop, &ticket).await {
                Outcome::Done(settled) => settled,
                other => panic!("{other:?}"),
            }
        } else {
            naive::handle(&model, &shop, &ticket).await.unwrap().settled.remove(0)
        };
        assert_eq!((settled.order.as_str(), settled.amount_cents), ("ord-1024", 24_900));
        let (_, order) = get(format!("{shop}/orders/ord-1024")).await;
        assert_eq!(
            (&order["refunded_cents"], &order["refunds"][0]["approval_id"]),
            (&json!(24_900), &json!("apr-701"))
        );
    }
}

#[tokio::test]
async fn the_careful_one_pays_nothing_for_a_product_that_is_not_taken_back() {
    let (shop, model) = (shop().await, model().await);
    let ticket = Ticket { product: "FP-034".to_owned(), ..Ticket::of_the_kettle() };
    let outcome = careful::handle(&model, &shop, &ticket).await;
    assert!(matches!(outcome, Outcome::Escalated(_)), "{outcome:?}");
    assert_eq!(get(format!("{shop}/orders/ord-1011")).await.1["refunded_cents"], 0);
}

#[tokio::test]
async fn the_planner_streams_what_it_says_otherwise_in_one_piece() {
    let url = format!("{}/chat/completions", model().await);
    let ask = json!({
        "model": "m",
        "messages": [{"role": "user", "content": "Ticket: T-1\nCustomer: 17\nProduct: KT-200"}],
        "tools": [{"type": "function", "function": {
            "name": "list_orders",
            "parameters": {"type": "object", "properties": {"customer_id": {"type": "integer"}}},
        }}],
    });
    let (_, whole) = post(&url, None, &ask).await;
    let call = &whole["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!((&call["name"], &call["arguments"]), (&json!("list_orders"), &json!(r#"{"customer_id":17}"#)));

    let mut streamed = ask.clone();
    streamed["stream"] = json!(true);
    streamed["stream_options"] = json!({"include_usage": true});
    let text = Client::new().post(&url).json(&streamed).send().await.unwrap().text().await.unwrap();
    let events: Vec<&str> = text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    let (last, chunks) = events.split_last().unwrap();
    assert_eq!(*last, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect();
    let pieces = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str());
    assert_eq!(pieces.collect::<String>(), r#"{"customer_id":17}"#);
    assert_eq!(chunks.last().unwrap()["usage"], whole["usage"]);
}
