//! What a test asks for: plans, their registration, and the matrix of cases that comes out of plan and recording.

mod branching;
mod budget;
mod candidate;
mod case;
mod combination;
mod failures;
mod layer;
mod matrix;
mod pairwise;
#[expect(clippy::module_inception, reason = "the plan is the noun of this folder")]
mod plan;
mod registry;
mod verdict_kind;

pub(crate) use branching::{branch_name, branch_of, versions, void_branches};
pub use case::{Case, Nature};
pub use layer::Layer;
pub use matrix::{Coverage, Matrix, MatrixError};
pub use plan::{AnswerFuture, Expectation, Plan};
pub use registry::{Registration, Source, plans};
pub use verdict_kind::{Standing, VerdictKind};

#[cfg(test)]
mod matrix_tests;
