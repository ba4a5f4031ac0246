//! Tests AI agents against the world as it really is.
//!
//! An agent is recorded once against real systems. The recording is replayed, deterministically and in virtual time,
//! under every realistic failure that it supports: rate limits in mid-sequence, lost replies, expired page tokens,
//! batches of which three items failed, renamed fields, corrupted values. Each case gets a verdict without a
//! hand-written assertion: the oracle compares answer and effects with the undisturbed run.
//!
//! ```no_run
//! use checkagent::{Answer, World, agent_test};
//!
//! #[agent_test(layer = "replay", cassette = "cassettes/export.json", upstream(records = "http://localhost:8888/v1"))]
//! async fn export(world: World) -> Answer {
//!     Answer::done(my_agent(&world.http("records")).await)
//! }
//! # async fn my_agent(_base: &str) -> u32 { 0 }
//! # fn main() {}
//! ```
//!
//! `CHECKAGENT_RECORD=once cargo test export` records; `cargo test export` replays the matrix.
//!
//! # A model in the loop
//!
//! A fault changes what a model is asked next, and the recording has no answer to that.
//! `CHECKAGENT_RECORD=branches cargo test export` runs the cases once with the real model, and keeps what it says in the
//! cassette: from then on they are decided offline. Cases without such a branch are answered by a [`StandIn`].
//!
//! # Two ways to run
//!
//! Without further setting, an agent test is an ordinary `#[test]` that runs its whole matrix. With `harness = false`
//! for the test target and `checkagent::main!();` in it, every case is a trial of its own: filters, `cargo nextest`,
//! reports for CI.
//!
//! # Environment
//!
//! | variable | meaning |
//! |---|---|
//! | `CHECKAGENT_RECORD` | `none`, `once`, `new_episodes`, `all`, `branches`; refused where `CI` is set |
//! | `CHECKAGENT_UPSTREAM_<CHANNEL>` | the real service's base URL, instead of the declared one |
//! | `CHECKAGENT_CASE` | one case, where the matrix is one test |
//! | `CHECKAGENT_EXPLAIN` | every call in the report of a case |
//! | `CHECKAGENT_KEEP` | a folder in which all that a verdict is made of is kept, a file for each case |
//! | `CHECKAGENT_SEAL` | seals edited cassettes again |
//!
//! # Features
//!
//! * `schema`: JSON Schema in policies, `calls("refund").arguments(schema)`. It adds about 60 crates to a cold build.
//! * `tls`: TLS to the real service while recording (rustls). Replay never needs it.

mod answer;
pub mod budget;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod handbook;
mod harness;
mod ledger;
pub mod mutation;
mod oracle;
mod plan;
pub mod policy;
mod record;
mod recording;
mod report;
mod seam;
pub mod stand_in;
mod suite;
mod sync;
mod time;
mod world;

pub use answer::{Answer, IntoAnswer};
pub use budget::Budget;
pub use checkagent_cassette as cassette;
pub use checkagent_cassette::key::Matching;
pub use checkagent_cassette::redact::Redaction;
pub use checkagent_macros::{agent_test, test};
pub use ledger::{Call, Change, Ending, ErrorClass, Hints, Ledger, ModelTurn, Outcome, Run, Tier, Tokens, ToolUse};
pub use mutation::{Mutation, Mutations, Operator};
pub use oracle::signals;
pub use oracle::{Baseline, BaselineError, Check, Evidence, Goal, Injection, Obedience, Rules, Verdict, judge};
pub use plan::{Case, Coverage, Expectation, Layer, Matrix, MatrixError, Nature, Plan, Standing, VerdictKind, plans};
pub use policy::Policy;
pub use record::RecordMode;
pub use recording::{Effects, FieldPlace, ModelExchange, Operation, Recording};
pub use report::Summary;
pub use seam::{Approvals, Consent, EffectError, EffectErrorKind, ScriptedBody};
pub use stand_in::StandIn;
pub use suite::{Report, StoredCase, StoredCaseError, Suite, SuiteError};
pub use world::World;

/// The code of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The entry point of a test target with `harness = false`.
///
/// ```no_run
/// checkagent::main!();
/// ```
#[macro_export]
macro_rules! main {
    () => {
        fn main() -> ::std::process::ExitCode {
            $crate::__private::main(::core::env!("CARGO_MANIFEST_DIR"), ::core::file!())
        }
    };
}

/// Not part of the public API: what the macros and the command need.
#[doc(hidden)]
pub mod __private {
    pub use crate::harness::{PlainOutcome, PlainTest, main, run_as_test};
    pub use crate::plan::{AnswerFuture, Registration, Source};
    pub use crate::record::is_ci;
    pub use {insta, inventory};

    pub use crate::__assert_snapshot as assert_snapshot;

    /// What the function of a test returned, as an answer.
    pub fn into_answer(answer: impl crate::IntoAnswer) -> crate::Answer {
        answer.into_answer()
    }
}

/// Expanded in the user's crate: insta files a snapshot under the crate that calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_snapshot {
    ($name:expr, $text:expr) => {{
        let mut settings = $crate::__private::insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| $crate::__private::insta::assert_snapshot!($name, $text));
    }};
}
