//! Serves the planner as an OpenAI chat endpoint: `planner ADDRESS`.

use std::error::Error;

use refund_desk::planner::router;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: planner ADDRESS")?;
    axum::serve(TcpListener::bind(address).await?, router()).await?;
    Ok(())
}
