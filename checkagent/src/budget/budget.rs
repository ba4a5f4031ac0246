//! Limits of a run; what a test does not say is derived from its baseline.

/// How much a run may use. What is not said follows from what the agent uses undisturbed.
///
/// # Examples
///
/// ```
/// use checkagent::Budget;
///
/// let budget = Budget::new().calls(40);
/// assert_eq!(budget.calls_allowed(6), 40);
/// assert_eq!(Budget::new().calls_allowed(6), 50);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    calls: Option<usize>,
}

impl Budget {
    /// The budget that follows from the baseline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// So many calls of any kind, at most.
    #[must_use]
    pub fn calls(mut self, most: usize) -> Self {
        self.calls = Some(most);
        self
    }

    /// Calls that a run may make whose baseline makes so many: five times as many, and twenty.
    #[must_use]
    pub fn calls_allowed(&self, undisturbed: usize) -> usize {
        self.calls.unwrap_or(undisturbed * 5 + 20)
    }
}
