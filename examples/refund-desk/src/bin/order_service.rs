//! Serves the shop: `order-service ADDRESS [DATABASE]`, in memory if no file is named.

use std::error::Error;

use refund_desk::service::{Failure, Store, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("usage: order-service ADDRESS [DATABASE]")?;
    let database = arguments.next().unwrap_or_else(|| ":memory:".to_owned());
    let store = Store::create(&database).map_err(|failure| match failure {
        Failure::Database(error) => format!("{database}: {error}"),
        other => format!("{database}: {other:?}"),
    })?;
    axum::serve(TcpListener::bind(address).await?, router(store)).await?;
    Ok(())
}
