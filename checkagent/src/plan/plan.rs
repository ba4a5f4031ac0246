//! What one test asks for.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;

use checkagent_cassette::key::Matching;
use checkagent_cassette::redact::Redaction;

use super::layer::Layer;
use super::registry::Source;
use super::verdict_kind::{Standing, VerdictKind};
use crate::answer::Answer;
use crate::budget::Budget;
use crate::ledger::Run;
use crate::mutation::{IntoMutations, Mutations, matches, standard};
use crate::policy::Policy;
use crate::recording::{Effects, Operation};
use crate::stand_in::StandIn;
use crate::world::World;

/// The future of an agent's run.
pub type AnswerFuture = Pin<Box<dyn Future<Output = Answer>>>;

type Agent = Arc<dyn Fn(World) -> AnswerFuture + Send + Sync>;
type Goal = Arc<dyn Fn(&Value, &Value) -> bool + Send + Sync>;
type Check = Arc<dyn Fn(&Run) -> Result<(), String> + Send + Sync>;

/// What one test asks for: an agent, a cassette, mutations, expectations. Plain data and a function.
///
/// `#[agent_test]` makes one; [`plans`](crate::plans) lists those that are linked into a program.
#[derive(Clone)]
pub struct Plan {
    source: Source,
    name: String,
    run: Agent,
    snapshot: fn(&str, &str),
    cassette: Option<PathBuf>,
    upstreams: BTreeMap<String, String>,
    mutations: Option<Mutations>,
    expectations: Vec<Expectation>,
    passing: Option<Vec<VerdictKind>>,
    reads: Vec<Operation>,
    effects: Vec<Operation>,
    redaction: Redaction,
    matching: Matching,
    goal: Option<Goal>,
    check: Option<Check>,
    policy: Policy,
    budget: Budget,
    stand_in: StandIn,
    replaces_model: bool,
    strict: bool,
    live: Vec<String>,
    ignored: Option<String>,
}

/// The verdict that a test expects of some of its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// An operator (`rate_limit`), a case (`rate_limit@3:seconds`), or a pattern with `*` (`*@2:data.amount`).
    pub case: String,
    /// The verdict.
    pub kind: VerdictKind,
    /// Why a failing verdict is tolerated.
    pub reason: Option<String>,
}

impl Expectation {
    fn is_pattern(&self) -> bool {
        self.case.contains('*')
    }

    /// Whether it speaks of that case, by its name or by a pattern.
    pub(super) fn covers(&self, case: &str) -> bool {
        matches(&self.case, case)
    }
}

impl Plan {
    /// A plan without a cassette; used by the macro.
    #[doc(hidden)]
    pub fn new(source: Source, run: fn(World) -> AnswerFuture, snapshot: fn(&str, &str)) -> Self {
        let path = source.module.split_once("::").map_or(source.function, |(_, path)| path);
        Self {
            name: path.to_owned(),
            source,
            run: Arc::new(run),
            snapshot,
            cassette: None,
            upstreams: BTreeMap::new(),
            mutations: None,
            expectations: Vec::new(),
            passing: None,
            reads: Vec::new(),
            effects: Vec::new(),
            redaction: Redaction::default(),
            matching: Matching::default(),
            goal: None,
            check: None,
            policy: Policy::new(),
            budget: Budget::new(),
            stand_in: StandIn::default(),
            replaces_model: false,
            strict: false,
            live: Vec::new(),
            ignored: None,
        }
    }

    /// The recording, relative to the crate's folder.
    #[must_use]
    pub fn cassette(mut self, path: &str) -> Self {
        self.cassette = Some(self.in_crate(Path::new(path)));
        self
    }

    /// The real service behind an HTTP channel. `CHECKAGENT_UPSTREAM_<CHANNEL>` in the environment outranks it.
    #[must_use]
    pub fn upstream(mut self, channel: &str, base: impl Into<String>) -> Self {
        let variable = format!("CHECKAGENT_UPSTREAM_{}", channel.to_ascii_uppercase());
        let base = std::env::var(variable).ok().filter(|base| !base.is_empty()).unwrap_or_else(|| base.into());
        self.upstreams.insert(channel.to_owned(), base);
        self
    }

    /// The mutations; without this call it is [`standard`].
    #[must_use]
    pub fn mutations(mut self, mutations: impl IntoMutations) -> Self {
        mutations.add_to(self.mutations.get_or_insert_default());
        self
    }

    /// The verdict that is expected of an operator or a case; a failing one needs a reason.
    #[must_use]
    pub fn expect_verdict(mut self, case: &str, kind: VerdictKind, reason: Option<&str>) -> Self {
        self.expectations.push(Expectation { case: case.to_owned(), kind, reason: reason.map(str::to_owned) });
        self
    }

    /// Narrows what passes.
    #[must_use]
    pub fn pass_only(mut self, kinds: impl IntoIterator<Item = VerdictKind>) -> Self {
        self.passing.get_or_insert_default().extend(kinds);
        self
    }

    /// An operation that is no effect although its method says so: `POST /v1/search`.
    #[must_use]
    pub fn read(mut self, operation: &str) -> Self {
        self.reads.push(Operation::parse(operation));
        self
    }

    /// An operation that is an effect although its method does not say so: `GET /v1/logout`. It outranks
    /// [`Plan::read`].
    #[must_use]
    pub fn effect(mut self, operation: &str) -> Self {
        self.effects.push(Operation::parse(operation));
        self
    }

    /// What the project adds to the redaction.
    #[must_use]
    pub fn redact(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// What of a request does not count when it is matched.
    #[must_use]
    pub fn matching(mut self, matching: Matching) -> Self {
        self.matching = matching;
        self
    }

    /// Whether an answer is as good as the baseline's, for answers that are free text.
    #[must_use]
    pub fn goal(mut self, goal: impl Fn(&Value, &Value) -> bool + Send + Sync + 'static) -> Self {
        self.goal = Some(Arc::new(goal));
        self
    }

    /// What has to be true of a run that claims to be done: of its answer, its notes and all that happened. Why not, if
    /// it is not.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&Run) -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.check = Some(Arc::new(check));
        self
    }

    /// What the agent must never do.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How much a run may use.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget.with_file(|path| self.in_crate(path));
        self
    }

    /// Who answers for a model where neither the recording nor a branch of it has an answer; without this call it is
    /// [`StandIn::Oblivious`].
    #[must_use]
    pub fn model(mut self, stand_in: StandIn) -> Self {
        self.stand_in = stand_in;
        self.replaces_model = false;
        self
    }

    /// Who takes the place of the model in every case, from the first request on, also where the recording has an
    /// answer; the baseline is as recorded. What the agent's own code has to prevent (policy, effects, budgets) it has to
    /// prevent under any model. Where the stand-in leads the agent past the fault of a case, the case is unreached.
    #[must_use]
    pub fn replace_model(mut self, stand_in: StandIn) -> Self {
        self.stand_in = stand_in;
        self.replaces_model = true;
        self
    }

    /// What a stand-in leads the agent to do counts as what a real model led it to do.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// A channel that is asked for real, beside the model, when branches are recorded.
    #[must_use]
    pub fn live(mut self, channel: &str) -> Self {
        self.live.push(channel.to_owned());
        self
    }

    /// Runs only with `--ignored`.
    #[must_use]
    pub fn ignore(mut self, reason: &str) -> Self {
        self.ignored = Some(reason.to_owned());
        self
    }

    /// The test's path without its crate: `export::careful`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path that all of its trials begin with: `export::careful::replay`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}::{}", self.name, self.layer().name())
    }

    /// The layer.
    #[must_use]
    pub fn layer(&self) -> Layer {
        Layer::Replay
    }

    /// Where the test stands in the source.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The recording's file.
    #[must_use]
    pub fn cassette_path(&self) -> Option<&Path> {
        self.cassette.as_deref()
    }

    /// A path of the test, which is relative to its crate's folder.
    pub(super) fn in_crate(&self, path: &Path) -> PathBuf {
        Path::new(self.source.manifest_dir).join(path)
    }

    /// The real services by channel.
    #[must_use]
    pub fn upstreams(&self) -> &BTreeMap<String, String> {
        &self.upstreams
    }

    /// What the test asks for; [`standard`] if it does not say.
    #[must_use]
    pub fn wanted(&self) -> Mutations {
        self.mutations.clone().unwrap_or_else(standard)
    }

    /// What is expected of a case: of the case itself, else of a pattern, else of its operator or set.
    #[must_use]
    pub fn expectation(&self, case: &str, group: &str) -> Option<&Expectation> {
        let of = |name: &str| self.expectations.iter().find(|expectation| expectation.case == name);
        let pattern =
            || self.expectations.iter().find(|expectation| expectation.is_pattern() && expectation.covers(case));
        of(case).or_else(pattern).or_else(|| of(group))
    }

    /// Every expectation.
    #[must_use]
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// Whether a verdict passes in this test.
    #[must_use]
    pub fn passes(&self, kind: VerdictKind) -> bool {
        kind.standing() == Standing::Passing && self.passing.as_ref().is_none_or(|passing| passing.contains(&kind))
    }

    /// What tells effects from reads in this test.
    #[must_use]
    pub fn effects(&self) -> Effects {
        Effects::new(self.reads.clone(), self.effects.clone())
    }

    /// What the project adds to the redaction.
    #[must_use]
    pub fn redaction(&self) -> &Redaction {
        &self.redaction
    }

    /// What of a request does not count when it is matched.
    #[must_use]
    pub fn matching_rules(&self) -> &Matching {
        &self.matching
    }

    /// Why the test is ignored; `None` if it is not.
    #[must_use]
    pub fn ignored(&self) -> Option<&str> {
        self.ignored.as_deref()
    }

    /// Whether an answer is as good as the baseline's, by the test's own function.
    pub(crate) fn meets_goal(&self, baseline: &Value, answer: &Value) -> Option<bool> {
        self.goal.as_ref().map(|goal| goal(baseline, answer))
    }

    /// Why a run is not what the test wants, by the test's own function.
    pub(crate) fn meets_check(&self, run: &Run) -> Result<(), String> {
        self.check.as_ref().map_or(Ok(()), |check| check(run))
    }

    /// What the agent must never do.
    #[must_use]
    pub fn policy_rules(&self) -> &Policy {
        &self.policy
    }

    /// How much a run may use.
    #[must_use]
    pub fn budget_limits(&self) -> &Budget {
        &self.budget
    }

    /// Who answers for a model where nothing is recorded.
    #[must_use]
    pub fn stand_in(&self) -> &StandIn {
        &self.stand_in
    }

    /// Whether the stand-in takes the place of the model from the start.
    #[must_use]
    pub fn replaces_model(&self) -> bool {
        self.replaces_model
    }

    /// Whether what a stand-in leads to counts as what a model leads to.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// The channels that are asked for real when branches are recorded.
    #[must_use]
    pub fn live_channels(&self) -> &[String] {
        &self.live
    }

    /// Starts the agent.
    pub(crate) fn start(&self, world: World) -> AnswerFuture {
        (self.run)(world)
    }

    /// Asserts a snapshot in the user's crate.
    pub(crate) fn assert_snapshot(&self, name: &str, text: &str) {
        (self.snapshot)(name, text);
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("name", &self.name).field("cassette", &self.cassette).finish_non_exhaustive()
    }
}
