//! What happened: calls, what they met, how a run ended. Plain data, written by the world and read by whoever judges.

mod call;
mod change;
mod error_class;
mod hints;
#[expect(clippy::module_inception, reason = "the ledger is what this folder is about")]
mod ledger;
mod model_turn;
mod outcome;
mod run;
mod texts;
mod tier;

pub use call::Call;
pub use change::Change;
pub(crate) use change::changes;
pub use error_class::ErrorClass;
pub use hints::Hints;
pub use ledger::Ledger;
pub use model_turn::{ModelTurn, Tokens, ToolUse};
pub use outcome::Outcome;
pub(crate) use outcome::seconds;
pub use run::{Ending, Run};
pub(crate) use texts::{Text, Where, strings, texts};
pub use tier::Tier;
