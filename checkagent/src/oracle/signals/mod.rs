//! What cases show beside their verdicts: numbers of one case, and of all cases of a test.

mod amplification;
mod case;
mod conformance;
mod errors;
mod partial;
mod pass;
mod ratio;
mod recovery;
mod test;

pub use amplification::Amplification;
pub use case::Signals;
pub use errors::Errors;
pub use partial::{Handling, Partial};
pub use pass::{pass_at_k, pass_hat_k};
pub use ratio::Ratio;
pub use recovery::Recovery;
pub use test::{JudgedCase, TestSignals};
