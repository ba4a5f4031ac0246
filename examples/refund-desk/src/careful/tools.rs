//! The tools: what the model may call, and what happens before and after the request that each of them makes.

use std::collections::BTreeMap;

use async_openai::types::chat::{ChatCompletionTool, ChatCompletionTools, FunctionObject};
use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::{self, AskApproval, ListOrders, OfOrder, Refund};
use super::case_file::CaseFile;
use super::records::Order;
use super::shop::Shop;
use super::wait;
use crate::outcome::{ApprovalStatus, Cents, Refusal, Settled, Trouble};

/// The same call so often is a loop.
const REPEATS: usize = 3;

/// How often an order is read until it shows a refund, and an approval until it is decided.
const READS: u32 = wait::ATTEMPTS;

/// What the model may call.
pub(super) fn offered() -> Vec<ChatCompletionTools> {
    let order = || json!({"type": "string", "description": "As it stands in the list, like ord-1."});
    let amount = || json!({"type": "integer", "description": "What is left of the order, in cents."});
    let maybe = |what: &str| json!({"type": ["string", "null"], "description": what});
    [
        (
            "list_orders",
            "Lists the orders of the ticket's customer, page by page.",
            json!({"cursor": maybe("The next_cursor of the page before; null for the first page.")}),
        ),
        ("get_order", "Reads an order that was listed.", json!({"order_id": order()})),
        ("check_policy", "Reads the refund policy for an order.", json!({"order_id": order()})),
        (
            "ask_approval",
            "Asks the shift lead whether an order may be paid back.",
            json!({"order_id": order(), "amount_cents": amount()}),
        ),
        (
            "refund",
            "Pays an order back.",
            json!({"order_id": order(), "amount_cents": amount(), "approval_id": maybe("The approval, if one was needed.")}),
        ),
        ("add_note", "Writes a note of the refund to the order.", json!({"order_id": order()})),
    ]
    .into_iter()
    .map(|(name, description, properties)| tool(name, description, &properties))
    .collect()
}

fn tool(name: &str, description: &str, properties: &Value) -> ChatCompletionTools {
    let required: Vec<_> = properties.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let parameters = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            parameters: Some(parameters),
            strict: Some(true),
        },
    })
}

/// Why a call has no result.
pub(super) enum Stop {
    /// It is not allowed or not possible; the model is told.
    Refused(Refusal),
    /// There is no use in going on.
    Over(Trouble),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Over(trouble)
    }
}

/// The tools, what they found out, and what they answered.
pub(super) struct Desk {
    shop: Shop,
    pub(super) file: CaseFile,
    /// How often each call was made, and its result. The same call again gets the same result and does nothing.
    calls: BTreeMap<(String, String), (usize, Option<Value>)>,
}

impl Desk {
    pub(super) fn new(shop: Shop, file: CaseFile) -> Self {
        Self { shop, file, calls: BTreeMap::new() }
    }

    /// Runs a tool.
    pub(super) async fn run(&mut self, tool: &str, arguments: &str) -> Result<Value, Stop> {
        let same = serde_json::from_str::<Value>(arguments).map_or_else(|_| arguments.to_owned(), |it| it.to_string());
        let (times, known) = self.calls.entry((tool.to_owned(), same.clone())).or_default();
        *times += 1;
        if *times > REPEATS {
            return Err(Trouble::Loop(tool.to_owned()).into());
        }
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let result = match tool {
            "list_orders" => self.list_orders(arguments::read("list_orders", arguments)?).await,
            "get_order" => self.get_order(arguments::read("get_order", arguments)?).await,
            "check_policy" => self.check_policy(arguments::read("check_policy", arguments)?).await,
            "ask_approval" => self.ask_approval(arguments::read("ask_approval", arguments)?).await,
            "refund" => self.refund(arguments::read("refund", arguments)?).await,
            "add_note" => self.add_note(arguments::read("add_note", arguments)?).await,
            other => Err(Refusal::NoSuchTool(other.chars().take(64).collect()).into()),
        }?;
        self.calls.insert((tool.to_owned(), same), (1, Some(result.clone())));
        Ok(result)
    }

    async fn list_orders(&mut self, asked: ListOrders) -> Result<Value, Stop> {
        let cursor = asked.cursor.as_deref();
        self.file.may_list(cursor)?;
        let page = self.shop.orders(self.file.ticket().customer, cursor).await?;
        self.file.add_page(&page).map_err(|problem| contradiction("the list of orders", problem))?;
        Ok(told(&page))
    }

    async fn get_order(&mut self, asked: OfOrder) -> Result<Value, Stop> {
        self.file.may_read(&asked.order_id)?;
        let order = self.shop.order(&asked.order_id).await?;
        self.file.add_order(&asked.order_id, &order).map_err(|problem| contradiction("the order", problem))?;
        Ok(told(&order))
    }

    async fn check_policy(&mut self, asked: OfOrder) -> Result<Value, Stop> {
        let order = self.file.order(&asked.order_id)?;
        let policy = self.shop.policy(&order.product, &order.region).await?;
        self.file.add_policy(&asked.order_id, &policy).map_err(|problem| contradiction("the policy", problem))?;
        Ok(told(&policy))
    }

    async fn ask_approval(&mut self, asked: AskApproval) -> Result<Value, Stop> {
        let AskApproval { order_id, amount_cents } = asked;
        self.file.may_pay(&order_id, amount_cents)?;
        match self.file.approval() {
            Some(known) if known.status == ApprovalStatus::Approved => return Ok(told(known)),
            Some(known) => return Err(Refusal::NotApproved(known.status).into()),
            None => {}
        }
        let ticket = self.file.ticket();
        let (key, reason) = (format!("{}-{order_id}-approval", ticket.id), ticket.said.clone());
        let mut said = self.shop.ask(&key, &order_id, amount_cents, &reason).await?;
        let approval = said.approval_id.clone();
        // Asked once more, also after a yes: what counts is what the shop has on file.
        for attempt in 1..=READS {
            let kept = self.file.add_approval(&order_id, amount_cents, said);
            kept.map_err(|problem| contradiction("the approval", problem))?;
            if self.file.approval().is_some_and(|known| known.status == ApprovalStatus::Denied) {
                return Err(Refusal::NotApproved(ApprovalStatus::Denied).into());
            }
            said = self.shop.approval(&approval).await?;
            match said.status {
                ApprovalStatus::Pending => self.shop.http().pause("the approval", attempt, None).await?,
                ApprovalStatus::Approved | ApprovalStatus::Denied => break,
            }
        }
        let (status, result) = (said.status, told(&said));
        let kept = self.file.add_approval(&order_id, amount_cents, said);
        kept.map_err(|problem| contradiction("the approval", problem))?;
        match status {
            ApprovalStatus::Approved => Ok(result),
            ApprovalStatus::Pending | ApprovalStatus::Denied => Err(Refusal::NotApproved(status).into()),
        }
    }

    async fn refund(&mut self, asked: Refund) -> Result<Value, Stop> {
        let Refund { order_id, amount_cents, approval_id } = asked;
        let approval = self.file.may_refund(&order_id, amount_cents, approval_id.as_deref())?.map(str::to_owned);
        let before = self.file.order(&order_id)?.clone();
        // One key for one order of one ticket, so that however often this runs, it is paid once.
        let key = format!("{}-{order_id}-refund", self.file.ticket().id);
        let sent = self.shop.refund(&key, &order_id, amount_cents, approval.as_deref()).await;
        if let Err(trouble @ Trouble::WaitTooLong { .. }) = sent {
            return Err(trouble.into());
        }
        // Whatever the reply says: it is paid if the order shows it.
        let shown = self.shown(&before, amount_cents, approval.as_deref()).await?;
        match (shown, sent) {
            (Ok(refund), Ok(reply)) if refund.refund != reply.refund_id => {
                Err(Trouble::Unproven("its number is another one there".to_owned()).into())
            }
            // The model is told what was read, so that a strange reply does not lead it astray.
            (Ok(refund), _) => Ok(told(&refund)),
            (Err(_), Err(trouble)) => Err(trouble.into()),
            (Err(problem), Ok(_)) => Err(Trouble::Unproven(problem).into()),
        }
    }

    /// Reads the order until it shows the refund; a shop may take a moment to show what it did.
    async fn shown(
        &mut self,
        before: &Order,
        amount: Cents,
        approval: Option<&str>,
    ) -> Result<Result<Settled, String>, Trouble> {
        let mut problem = String::new();
        for attempt in 1..=READS {
            let read = self.shop.order(&before.order_id).await;
            let shown = match read {
                Ok(after) => self.file.add_refund(before, &after, amount, approval),
                Err(Trouble::Refused { status: 404, .. }) => Err("the order is not there".to_owned()),
                Err(trouble) => Err(trouble.to_string()),
            };
            match shown {
                Ok(settled) => return Ok(Ok(settled)),
                Err(why) => problem = why,
            }
            if attempt < READS {
                self.shop.http().pause("the order", attempt, None).await?;
            }
        }
        Ok(Err(problem))
    }

    async fn add_note(&mut self, asked: OfOrder) -> Result<Value, Stop> {
        let settled = self.file.refund().filter(|settled| settled.order == asked.order_id);
        let settled = settled.ok_or(Refusal::First("pay the order back"))?;
        let text = format!("{}: paid back {} cents with {}", settled.ticket, settled.amount_cents, settled.refund);
        let approvals = settled.approvals.iter().map(|approval| format!(", approved as {approval}"));
        let text = approvals.fold(text, |text, approval| text + &approval);
        let key = format!("{}-{}-note", settled.ticket, settled.order);
        let note = self.shop.note(&key, &asked.order_id, &text).await?;
        if note.order_id != asked.order_id || note.text != text {
            return Err(contradiction("the note", "it is another note".to_owned()).into());
        }
        self.file.set_noted();
        Ok(told(&note))
    }
}

fn contradiction(call: &'static str, problem: String) -> Trouble {
    Trouble::Malformed { call, problem }
}

/// A record, as the model gets it: the known fields alone.
fn told(record: &impl Serialize) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}
