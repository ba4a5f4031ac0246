//! Messages of JSON-RPC over HTTP, as servers of the Model Context Protocol are asked and as they answer.

mod answer;
mod asked;
mod exchange;
#[cfg(test)]
mod tests;

pub(crate) use answer::Answer;
pub(crate) use asked::Asked;
pub(super) use exchange::Spoken;
pub(crate) use exchange::{Exchange, accepted, asked, exchange, exchanges};
