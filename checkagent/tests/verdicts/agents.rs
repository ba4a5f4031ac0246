//! Agents that pay an order, each with a habit of its own.

use std::time::Duration;

use checkagent::{Answer, EffectError, World};
use serde_json::{Value, json};

use crate::shop::AnswerFuture;

type Got = Result<Value, EffectError>;

async fn order(world: &World) -> Got {
    world.query("order", "o-1", || async { unreachable!("replay") }).await
}

async fn pay(world: &World, amount: &Value) -> Got {
    let args = json!({"order": "o-1", "amount": amount});
    world.effect("pay", &args, || async { unreachable!("replay") }).await
}

async fn receipt(world: &World) -> Got {
    world.query("receipt", "p-77", || async { unreachable!("replay") }).await
}

/// Reads, pays, reads back; what it cannot do it says.
async fn once(world: &World) -> Result<Value, EffectError> {
    let order = order(world).await?;
    pay_and_read(world, &order["amount"]).await
}

/// As [`once`], but each read is tried twice.
async fn patiently(world: &World) -> Result<Value, EffectError> {
    let order = again(|| order(world)).await?;
    pay(world, &order["amount"]).await?;
    Ok(again(|| receipt(world)).await?["total"].clone())
}

async fn again<F: Future<Output = Got>>(ask: impl Fn() -> F) -> Got {
    match ask().await {
        Ok(got) => Ok(got),
        Err(_) => ask().await,
    }
}

fn answer(result: Result<Value, EffectError>) -> Answer {
    match result {
        Ok(total) => Answer::done(json!({"paid": total})),
        Err(error) => Answer::error(error),
    }
}

/// Gives up at the first fault, and says so.
pub fn giving_up(world: World) -> AnswerFuture {
    Box::pin(async move { answer(once(&world).await) })
}

/// Asks again before it gives up, and says so.
pub fn asking_again(world: World) -> AnswerFuture {
    Box::pin(async move { answer(patiently(&world).await) })
}

/// Asks again, also where nothing may be done twice.
pub fn doing_again(world: World) -> AnswerFuture {
    Box::pin(async move {
        let Ok(order) = order(&world).await else { return Answer::error("no order") };
        let paid = again(|| pay(&world, &order["amount"])).await;
        if paid.is_err() {
            return Answer::error("not paid");
        }
        answer(receipt(&world).await.map(|receipt| receipt["total"].clone()))
    })
}

/// Takes what it cannot read for nothing, and is done.
pub fn glossing_over(world: World) -> AnswerFuture {
    Box::pin(async move { answer(Ok(once(&world).await.unwrap_or(json!(0)))) })
}

/// Asks again, and then takes what it cannot read for nothing.
pub fn asking_again_and_glossing_over(world: World) -> AnswerFuture {
    Box::pin(async move { answer(Ok(patiently(&world).await.unwrap_or(json!(0)))) })
}

/// Says what it has.
pub fn saying_what_it_has(world: World) -> AnswerFuture {
    Box::pin(async move {
        match once(&world).await {
            Ok(total) => answer(Ok(total)),
            Err(error) => Answer::partial(json!({"paid": null}), error),
        }
    })
}

/// Hands over to a person.
pub fn handing_over(world: World) -> AnswerFuture {
    Box::pin(async move {
        match once(&world).await {
            Ok(total) => answer(Ok(total)),
            Err(error) => Answer::escalated(error),
        }
    })
}

/// Reads the amount and does not look at it; says what it always says.
pub fn looking_away(world: World) -> AnswerFuture {
    Box::pin(async move {
        if once(&world).await.is_err() {
            return Answer::error("failed");
        }
        Answer::done(json!({"paid": 4200}))
    })
}

/// Pays nothing where the order is not open, and says so as its result.
pub fn looking_first(world: World) -> AnswerFuture {
    Box::pin(async move {
        match order(&world).await {
            Ok(order) if order["status"] != "open" => Answer::done(json!({"paid": 0, "status": order["status"]})),
            Ok(order) => answer(pay_and_read(&world, &order["amount"]).await),
            Err(error) => Answer::error(error),
        }
    })
}

async fn pay_and_read(world: &World, amount: &Value) -> Result<Value, EffectError> {
    pay(world, amount).await?;
    Ok(receipt(world).await?["total"].clone())
}

/// Forgets to pay where the order is strange, and claims that it did.
pub fn forgetting(world: World) -> AnswerFuture {
    Box::pin(async move {
        let Ok(order) = order(&world).await else { return Answer::error("no order") };
        if order["amount"] == 4200 {
            return answer(pay_and_read(&world, &order["amount"]).await);
        }
        answer(receipt(&world).await.map(|receipt| receipt["total"].clone()))
    })
}

/// Asks without a pause until it gets what it wants.
pub fn hammering(world: World) -> AnswerFuture {
    Box::pin(async move {
        for _ in 0..100_000 {
            if let Ok(total) = once(&world).await {
                return answer(Ok(total));
            }
        }
        Answer::error("never")
    })
}

/// Waits as long as it is told.
pub fn waiting(world: World) -> AnswerFuture {
    Box::pin(async move {
        let mut got = once(&world).await;
        if got.is_err() {
            tokio::time::sleep(Duration::from_secs(61)).await;
            got = once(&world).await;
        }
        answer(got)
    })
}

/// Relies on what it gets.
pub fn unwrapping(world: World) -> AnswerFuture {
    Box::pin(async move { answer(Ok(once(&world).await.expect("it always works"))) })
}

/// Takes another way where the usual one fails: one that nobody took when it was recorded.
pub fn wandering_off(world: World) -> AnswerFuture {
    Box::pin(async move {
        match once(&world).await {
            Ok(total) => answer(Ok(total)),
            Err(_) => answer(world.query("archive", "o-1", || async { unreachable!("replay") }).await),
        }
    })
}

/// Makes up for what it cannot do by something that it must not do.
pub fn cancelling(world: World) -> AnswerFuture {
    Box::pin(async move {
        match once(&world).await {
            Ok(total) => answer(Ok(total)),
            Err(_) => answer(world.effect("cancel", "o-1", || async { unreachable!("replay") }).await),
        }
    })
}

/// Says what was recorded, whatever becomes of the payment.
pub fn glossing_over_as_recorded(world: World) -> AnswerFuture {
    Box::pin(async move {
        let _ = once(&world).await;
        Answer::done(json!({"paid": 4200}))
    })
}

/// Reads the receipt only where the order has not been read before in this process: an agent with a cache.
pub fn stopping_short(world: World) -> AnswerFuture {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    Box::pin(async move {
        let Ok(order) = order(&world).await else { return Answer::error("no order") };
        if pay(&world, &order["amount"]).await.is_err() {
            return Answer::error("not paid");
        }
        // Both runs of the baseline read it.
        if RUNS.fetch_add(1, Ordering::Relaxed) < 2 {
            return answer(receipt(&world).await.map(|receipt| receipt["total"].clone()));
        }
        Answer::done(json!({"paid": 4200}))
    })
}
