//! What the shop knows, in `SQLite`.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::person::{Decision, decision};
use super::schema::SHOP;

/// Why a request is not done.
#[derive(Debug)]
pub enum Failure {
    /// There is nothing of that name.
    Unknown(&'static str),
    /// It is there, but this cannot be done with it.
    Refused(&'static str),
    /// An idempotency key came again with another request.
    KeyReused,
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The shop.
#[derive(Debug)]
pub struct Store {
    database: Connection,
}

impl Store {
    /// A shop in a new database; `:memory:` is one that is never written.
    ///
    /// # Errors
    ///
    /// If the database cannot be made, for example because it is there already.
    pub fn create(path: &str) -> Result<Self, Failure> {
        let database = Connection::open(path)?;
        database.execute_batch(SHOP)?;
        Ok(Self { database })
    }

    /// One page of the orders of a customer, by id, after the order `after`.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn orders(&self, customer: i64, after: &str, size: usize) -> Result<Value, Failure> {
        let mut select = self.database.prepare(
            "SELECT id, status, sku, name, quantity * unit_cents FROM orders WHERE customer_id = ? ORDER BY id",
        )?;
        let all = select.query_map([customer], |row| {
            Ok(json!({
                "order_id": row.get::<_, String>(0)?,
                "status": row.get::<_, String>(1)?,
                "product": row.get::<_, String>(2)?,
                "product_name": row.get::<_, String>(3)?,
                "amount_cents": row.get::<_, i64>(4)?,
            }))
        })?;
        let all = all.collect::<Result<Vec<_>, _>>()?;
        let total = all.len();
        let mut rest = all.into_iter().filter(|order| order["order_id"].as_str() > Some(after));
        let page: Vec<Value> = rest.by_ref().take(size).collect();
        let last = page.last().map(|order| order["order_id"].clone());
        let next = rest.next().and(last);
        Ok(json!({"customer_id": customer, "total": total, "orders": page, "next_cursor": next}))
    }

    /// One order, with the refunds that were made.
    ///
    /// # Errors
    ///
    /// If there is no such order, or the database fails.
    pub fn order(&self, id: &str) -> Result<Value, Failure> {
        let read = |row: &Row<'_>| {
            let (quantity, unit) = (row.get::<_, i64>(5)?, row.get::<_, i64>(6)?);
            Ok(json!({
                "order_id": row.get::<_, String>(0)?,
                "customer_id": row.get::<_, i64>(1)?,
                "status": row.get::<_, String>(2)?,
                "product": row.get::<_, String>(3)?,
                "product_name": row.get::<_, String>(4)?,
                "quantity": quantity,
                "unit_price_cents": unit,
                "amount_cents": quantity * unit,
                "currency": "EUR",
                "region": row.get::<_, String>(7)?,
                "placed_on": row.get::<_, String>(8)?,
                "remark": row.get::<_, String>(9)?,
            }))
        };
        let order = self
            .database
            .query_row(
                "SELECT id, customer_id, status, sku, name, quantity, unit_cents, region, placed_on, remark \
                 FROM orders WHERE id = ?",
                [id],
                read,
            )
            .optional()?;
        let mut order = order.ok_or(Failure::Unknown("order"))?;
        let mut select = self
            .database
            .prepare("SELECT id, amount_cents, approval_id FROM refunds WHERE order_id = ? ORDER BY id")?;
        let refunds = select.query_map([id], |row| {
            Ok(json!({
                "refund_id": refund_id(row.get(0)?),
                "amount_cents": row.get::<_, i64>(1)?,
                "approval_id": row.get::<_, Option<String>>(2)?,
            }))
        })?;
        let refunds = refunds.collect::<Result<Vec<_>, _>>()?;
        order["refunded_cents"] =
            json!(refunds.iter().filter_map(|refund| refund["amount_cents"].as_i64()).sum::<i64>());
        order["refunds"] = Value::Array(refunds);
        Ok(order)
    }

    /// What the shop promises for a product in a region.
    ///
    /// # Errors
    ///
    /// If there is no such policy, or the database fails.
    pub fn policy(&self, product: &str, region: &str) -> Result<Value, Failure> {
        let read = |row: &Row<'_>| {
            Ok(json!({
                "product": product,
                "region": region,
                "refundable": row.get::<_, bool>(0)?,
                "window_days": row.get::<_, i64>(1)?,
                "approval_above_cents": row.get::<_, i64>(2)?,
                "text": row.get::<_, String>(3)?,
            }))
        };
        let select =
            "SELECT refundable, window_days, approval_above_cents, text FROM policies WHERE sku = ? AND region = ?";
        let policy = self.database.query_row(select, [product, region], read).optional()?;
        policy.ok_or(Failure::Unknown("policy"))
    }

    /// Asks the person whether an amount may be paid back.
    ///
    /// # Errors
    ///
    /// If there is no such order, or the database fails.
    pub fn ask(&self, order: &str, amount: i64, reason: &str) -> Result<Value, Failure> {
        let known = self.order(order)?;
        let left = known["amount_cents"].as_i64().unwrap_or(0) - known["refunded_cents"].as_i64().unwrap_or(0);
        let (status, comment) = decision(amount, left).words();
        self.database.execute(
            "INSERT INTO approvals (id, order_id, amount_cents, reason, status, comment) \
             VALUES ((SELECT coalesce(max(id), 700) + 1 FROM approvals), ?, ?, ?, ?, ?)",
            params![order, amount, reason, status, comment],
        )?;
        self.said(self.database.last_insert_rowid())
    }

    /// What the person says. Who was not at the desk is back the next time somebody asks.
    ///
    /// # Errors
    ///
    /// If there is no such approval, or the database fails.
    pub fn approval(&self, id: &str) -> Result<Value, Failure> {
        let number = number(id, "apr-").ok_or(Failure::Unknown("approval"))?;
        let approval = self.said(number)?;
        if approval["status"] == Decision::Later.words().0 {
            let (status, comment) = Decision::Approved.words();
            self.database.execute(
                "UPDATE approvals SET status = ?, comment = ? WHERE id = ?",
                params![status, comment, number],
            )?;
        }
        Ok(approval)
    }

    fn said(&self, number: i64) -> Result<Value, Failure> {
        let read = |row: &Row<'_>| {
            Ok(json!({
                "approval_id": approval_id(number),
                "status": row.get::<_, String>(0)?,
                "order_id": row.get::<_, String>(1)?,
                "amount_cents": row.get::<_, i64>(2)?,
                "decided_by": "shift lead",
                "comment": row.get::<_, String>(3)?,
            }))
        };
        let select = "SELECT status, order_id, amount_cents, comment FROM approvals WHERE id = ?";
        self.database.query_row(select, [number], read).optional()?.ok_or(Failure::Unknown("approval"))
    }

    /// Pays back, without asking for what and whether it was approved.
    ///
    /// # Errors
    ///
    /// If there is no such order, the amount is none, or the database fails.
    pub fn refund(&self, order: &str, amount: i64, approval: Option<&str>) -> Result<Value, Failure> {
        self.order(order)?;
        if amount <= 0 {
            return Err(Failure::Refused("the amount has to be positive"));
        }
        self.database.execute(
            "INSERT INTO refunds (id, order_id, amount_cents, approval_id) \
             VALUES ((SELECT coalesce(max(id), 5000) + 1 FROM refunds), ?, ?, ?)",
            params![order, amount, approval],
        )?;
        let refund = refund_id(self.database.last_insert_rowid());
        Ok(json!({
            "refund_id": refund,
            "order_id": order,
            "amount_cents": amount,
            "currency": "EUR",
            "approval_id": approval,
            "status": "completed",
        }))
    }

    /// Writes a note to an order.
    ///
    /// # Errors
    ///
    /// If there is no such order, or the database fails.
    pub fn note(&self, order: &str, text: &str) -> Result<Value, Failure> {
        self.order(order)?;
        self.database.execute("INSERT INTO notes (order_id, text) VALUES (?, ?)", [order, text])?;
        Ok(json!({"note_id": format!("note-{}", self.database.last_insert_rowid()), "order_id": order, "text": text}))
    }

    /// Sends a customer a message.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn message(&self, customer: i64, text: &str) -> Result<Value, Failure> {
        self.database.execute("INSERT INTO messages (customer_id, text) VALUES (?, ?)", params![customer, text])?;
        let id = format!("msg-{}", self.database.last_insert_rowid());
        Ok(json!({"message_id": id, "customer_id": customer, "text": text}))
    }

    /// What was answered under an idempotency key before.
    ///
    /// # Errors
    ///
    /// If the key belongs to another request, or the database fails.
    pub fn answered(&self, key: &str, request: &str) -> Result<Option<Value>, Failure> {
        let select = "SELECT request, reply FROM replies WHERE key = ?";
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        match self.database.query_row(select, [key], read).optional()? {
            None => Ok(None),
            Some((first, _)) if first != request => Err(Failure::KeyReused),
            Some((_, reply)) => Ok(serde_json::from_str(&reply).ok()),
        }
    }

    /// Keeps an answer under an idempotency key.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn keep(&self, key: &str, request: &str, reply: &Value) -> Result<(), Failure> {
        let insert = "INSERT INTO replies (key, request, reply) VALUES (?, ?, ?)";
        self.database.execute(insert, [key, request, &reply.to_string()])?;
        Ok(())
    }
}

fn refund_id(number: i64) -> String {
    format!("rf-{number}")
}

fn approval_id(number: i64) -> String {
    format!("apr-{number}")
}

fn number(id: &str, prefix: &str) -> Option<i64> {
    id.strip_prefix(prefix)?.parse().ok()
}
