//! What a test asks for: plans, their registration, and the matrix of cases that comes out of plan and recording.

mod case;
mod layer;
mod matrix;
#[expect(clippy::module_inception, reason = "the plan is the noun of this folder")]
mod plan;
mod registry;
mod verdict_kind;

pub use case::Case;
pub use layer::Layer;
pub use matrix::{Matrix, MatrixError};
pub use plan::{AnswerFuture, Expectation, Plan};
pub use registry::{Registration, Source, plans};
pub use verdict_kind::{Standing, VerdictKind};
