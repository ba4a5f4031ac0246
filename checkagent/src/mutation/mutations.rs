//! What a test asks for: operators, and which of their sites.

use std::fmt;
use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]`.
#[derive(Clone, Default)]
pub struct Mutations {
    wanted: Vec<Wanted>,
}

/// An operator that a test asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The operator.
    pub operator: Arc<dyn Operator>,
    /// Whether the test named it; then the recording must have a place for it.
    pub named: bool,
}

impl Mutations {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Operators as they come; a recording need not have a place for each.
    #[must_use]
    pub fn of(operators: impl IntoIterator<Item = Arc<dyn Operator>>) -> Self {
        Self { wanted: operators.into_iter().map(|operator| Wanted { operator, named: false }).collect() }
    }

    /// The operators.
    #[must_use]
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }
}

impl fmt::Debug for Mutations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.wanted.iter().map(|wanted| wanted.operator.id())).finish()
    }
}

/// What may stand in `mutations = [..]`: an operator, or a set of them such as [`standard()`](super::standard).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mutation",
    label = "not a mutation",
    note = "use a built-in one such as `rate_limit()`, or implement `checkagent::mutation::Operator`"
)]
pub trait IntoMutations {
    /// Adds itself.
    fn add_to(self, mutations: &mut Mutations);
}

impl<O: Operator> IntoMutations for O {
    fn add_to(self, mutations: &mut Mutations) {
        mutations.wanted.push(Wanted { operator: Arc::new(self), named: true });
    }
}

impl IntoMutations for Mutations {
    fn add_to(self, mutations: &mut Mutations) {
        mutations.wanted.extend(self.wanted);
    }
}
