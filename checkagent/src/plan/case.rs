//! One case of a matrix.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::mutation::{Operator, Site};

/// An operator at a site, perhaps with a value: one way in which the world can misbehave.
#[derive(Clone)]
pub struct Case {
    name: String,
    operator: Arc<dyn Operator>,
    site: Site,
}

impl Case {
    pub(super) fn new(operator: Arc<dyn Operator>, site: Site) -> Self {
        Self { name: format!("{}@{site}", operator.id()), operator, site }
    }

    pub(super) fn renamed(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    /// The same case with one fixed value.
    pub(crate) fn with_value(&self, value: Value) -> Self {
        let mut case = self.clone();
        case.site.value = Some(value);
        case
    }

    /// The stable name: `rate_limit@3:seconds`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> &Arc<dyn Operator> {
        &self.operator
    }

    /// Where it applies.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}
