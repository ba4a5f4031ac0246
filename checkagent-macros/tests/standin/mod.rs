//! Stands in for `checkagent`: just enough of what the expansion calls, with a plan that writes down what it was told.
//!
//! Each user does `extern crate self as checkagent;`, so that `::checkagent` leads here.
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::pedantic,
    clippy::print_stdout,
    reason = "a stand-in is only as good as the tests need"
)]

pub use ::checkagent_macros::agent_test;

pub struct World;

#[derive(Clone, Copy, Debug)]
pub enum VerdictKind {
    Recovered,
    Unaffected,
    Adapted,
    Admitted,
    Misled,
    Diverged,
    Unreached,
    SilentlyWrong,
    DuplicateEffect,
    PolicyViolation,
    Runaway,
    Hung,
    Panicked,
}

#[derive(Clone, Debug)]
pub enum StandIn {
    Oblivious,
    Gullible,
    Quitter,
    Stop,
    Script(u8),
}

impl StandIn {
    pub fn script(script: impl Fn(u8) -> u8 + 'static) -> Self {
        Self::Script(script(1))
    }
}

pub struct Plan {
    pub source: __private::Source,
    pub run: fn(World) -> __private::AnswerFuture,
    pub snapshot: fn(&str, &str),
    pub calls: Vec<String>,
}

impl Plan {
    pub fn new(source: __private::Source, run: fn(World) -> __private::AnswerFuture, snapshot: fn(&str, &str)) -> Self {
        Self { source, run, snapshot, calls: Vec::new() }
    }

    fn call(mut self, call: String) -> Self {
        self.calls.push(call);
        self
    }

    pub fn cassette(self, path: &str) -> Self {
        self.call(format!("cassette {path}"))
    }

    pub fn upstream(self, name: &str, address: impl Into<String>) -> Self {
        self.call(format!("upstream {name} {}", address.into()))
    }

    pub fn mutations(self, mutations: mutation::Mutations) -> Self {
        let ids: Vec<_> = mutations.0.iter().map(|operator| operator.id()).collect();
        self.call(format!("mutations {}", ids.join(" ")))
    }

    pub fn expect_verdict(self, key: &str, verdict: VerdictKind, reason: Option<&str>) -> Self {
        self.call(format!("expect {key} {verdict:?} {reason:?}"))
    }

    pub fn pass_only<const N: usize>(self, verdicts: [VerdictKind; N]) -> Self {
        self.call(format!("pass {verdicts:?}"))
    }

    pub fn read(self, call: &str) -> Self {
        self.call(format!("read {call}"))
    }

    pub fn effect(self, call: &str) -> Self {
        self.call(format!("effect {call}"))
    }

    pub fn redact(self, name: &str) -> Self {
        self.call(format!("redact {name}"))
    }

    pub fn matching(self, matching: u8) -> Self {
        self.call(format!("matching {matching}"))
    }

    pub fn goal(self, goal: impl Fn(&str, &str) -> bool + 'static) -> Self {
        self.call(format!("goal {}", goal("same", "same")))
    }

    pub fn model(self, stand_in: StandIn) -> Self {
        self.call(format!("model {stand_in:?}"))
    }

    pub fn replace_model(self, stand_in: StandIn) -> Self {
        self.call(format!("replace_model {stand_in:?}"))
    }

    pub fn strict(self) -> Self {
        self.call("strict".to_owned())
    }

    pub fn live(self, channel: &str) -> Self {
        self.call(format!("live {channel}"))
    }

    pub fn ignore(self, reason: &str) -> Self {
        self.call(format!("ignore {reason:?}"))
    }
}

pub mod mutation {

    use std::sync::Arc;

    pub trait Operator: Send + Sync + 'static {
        fn id(&self) -> &str;
    }

    impl Operator for &'static str {
        fn id(&self) -> &str {
            self
        }
    }

    #[diagnostic::on_unimplemented(message = "`{Self}` is neither an operator nor a list of operators")]
    pub trait IntoMutations {
        fn add_to(self, mutations: &mut Mutations);
    }

    #[derive(Default)]
    pub struct Mutations(pub Vec<Arc<dyn Operator>>);

    impl Mutations {
        pub fn new() -> Self {
            Self::default()
        }
    }

    impl<T: Operator> IntoMutations for T {
        fn add_to(self, mutations: &mut Mutations) {
            mutations.0.push(Arc::new(self));
        }
    }

    impl IntoMutations for Vec<Arc<dyn Operator>> {
        fn add_to(self, mutations: &mut Mutations) {
            mutations.0.extend(self);
        }
    }

    impl IntoMutations for Mutations {
        fn add_to(self, mutations: &mut Mutations) {
            mutations.0.extend(self.0);
        }
    }

    pub mod builtin {
        use super::{Arc, Mutations, Operator};

        pub fn rate_limit() -> impl Operator {
            "built-in rate_limit"
        }

        pub fn timeout() -> impl Operator {
            "built-in timeout"
        }

        pub fn standard() -> Mutations {
            Mutations(vec![Arc::new(rate_limit()), Arc::new(timeout())])
        }
    }
}

pub mod __private {

    use super::{Plan, World};

    pub use ::inventory;

    pub struct Source {
        pub module: &'static str,
        pub function: &'static str,
        pub file: &'static str,
        pub line: u32,
        pub manifest_dir: &'static str,
    }

    pub type AnswerFuture = std::pin::Pin<Box<dyn Future<Output = String>>>;

    #[diagnostic::on_unimplemented(message = "an agent test returns `Result<T, E>`, not `{Self}`")]
    pub trait IntoAnswer {
        fn text(self) -> String;
    }

    impl<T: std::fmt::Debug, E: std::fmt::Debug> IntoAnswer for Result<T, E> {
        fn text(self) -> String {
            format!("{self:?}")
        }
    }

    pub fn into_answer(answer: impl IntoAnswer) -> String {
        answer.text()
    }

    macro_rules! assert_snapshot {
        ($name:expr, $text:expr) => {
            ::core::assert_eq!($name, $text)
        };
    }
    pub(crate) use assert_snapshot;

    pub struct Registration {
        pub plan: fn() -> Plan,
    }

    inventory::collect!(Registration);

    pub fn run_as_test(plan: fn() -> Plan) {
        let plan = plan();
        println!("{}", plan.source.function);
        drop((plan.run)(World));
    }

    /// What the registered plan of `function` was told.
    pub fn calls(function: &str) -> Vec<String> {
        inventory::iter::<Registration>
            .into_iter()
            .map(|registration| (registration.plan)())
            .find(|plan| plan.source.function == function)
            .expect("the plan is registered")
            .calls
    }
}
