//! The endpoints.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::store::{Failure, Store};

type Shop = Arc<Mutex<Store>>;
type Reply = Result<Json<Value>, Failure>;
type Created = Result<(StatusCode, Json<Value>), Failure>;

const PAGE: usize = 3;
const LARGEST_PAGE: usize = 50;

/// The service over a shop.
pub fn router(store: Store) -> Router {
    Router::new()
        .route("/customers/{id}/orders", get(orders))
        .route("/customers/{id}/messages", post(message))
        .route("/orders/{id}", get(order))
        .route("/orders/{id}/notes", post(note))
        .route("/policies", get(policy))
        .route("/approvals", post(ask))
        .route("/approvals/{id}", get(approval))
        .route("/refunds", post(refund))
        .with_state(Arc::new(Mutex::new(store)))
}

fn lock(shop: &Shop) -> MutexGuard<'_, Store> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Deserialize)]
struct Page {
    cursor: Option<String>,
    page_size: Option<usize>,
}

async fn orders(State(shop): State<Shop>, Path(customer): Path<i64>, Query(page): Query<Page>) -> Reply {
    let size = page.page_size.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    lock(&shop).orders(customer, page.cursor.as_deref().unwrap_or_default(), size).map(Json)
}

async fn order(State(shop): State<Shop>, Path(id): Path<String>) -> Reply {
    lock(&shop).order(&id).map(Json)
}

#[derive(Deserialize)]
struct Product {
    product: String,
    region: String,
}

async fn policy(State(shop): State<Shop>, Query(of): Query<Product>) -> Reply {
    lock(&shop).policy(&of.product, &of.region).map(Json)
}

async fn approval(State(shop): State<Shop>, Path(id): Path<String>) -> Reply {
    lock(&shop).approval(&id).map(Json)
}

#[derive(Deserialize, Serialize)]
struct Ask {
    order_id: String,
    amount_cents: i64,
    reason: String,
}

async fn ask(State(shop): State<Shop>, headers: HeaderMap, Json(body): Json<Ask>) -> Created {
    once(&shop, &headers, "approvals", &body, |store| store.ask(&body.order_id, body.amount_cents, &body.reason))
}

#[derive(Deserialize, Serialize)]
struct Refund {
    order_id: String,
    amount_cents: i64,
    approval_id: Option<String>,
}

async fn refund(State(shop): State<Shop>, headers: HeaderMap, Json(body): Json<Refund>) -> Created {
    once(&shop, &headers, "refunds", &body, |store| {
        store.refund(&body.order_id, body.amount_cents, body.approval_id.as_deref())
    })
}

#[derive(Deserialize, Serialize)]
struct Text {
    text: String,
}

async fn note(
    State(shop): State<Shop>,
    Path(order): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Text>,
) -> Created {
    once(&shop, &headers, &order, &body, |store| store.note(&order, &body.text))
}

async fn message(
    State(shop): State<Shop>,
    Path(customer): Path<i64>,
    headers: HeaderMap,
    Json(body): Json<Text>,
) -> Created {
    let place = format!("messages to {customer}");
    once(&shop, &headers, &place, &body, |store| store.message(customer, &body.text))
}

/// Does it, or gives the answer that was given under the same key.
fn once(
    shop: &Shop,
    headers: &HeaderMap,
    place: &str,
    body: &impl Serialize,
    act: impl FnOnce(&Store) -> Result<Value, Failure>,
) -> Created {
    let store = lock(shop);
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return Ok((StatusCode::CREATED, Json(act(&store)?)));
    };
    let request = format!("{place} {}", serde_json::to_string(body).unwrap_or_default());
    if let Some(reply) = store.answered(key, &request)? {
        return Ok((StatusCode::CREATED, Json(reply)));
    }
    let reply = act(&store)?;
    store.keep(key, &request, &reply)?;
    Ok((StatusCode::CREATED, Json(reply)))
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Unknown(what) => (StatusCode::NOT_FOUND, "not_found", format!("no such {what}")),
            Self::Refused(why) => (StatusCode::UNPROCESSABLE_ENTITY, "refused", why.to_owned()),
            Self::KeyReused => {
                (StatusCode::CONFLICT, "idempotency_key_reused", "the key belongs to another request".to_owned())
            }
            Self::Database(error) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", error.to_string()),
        };
        (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
    }
}
