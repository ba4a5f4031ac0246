//! One case of a matrix.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mutation::{Attack, Lie, Mutation, Operator, Site, Truth, twin};
use crate::recording::Recording;

/// One way in which the world can misbehave: an operator at a site, or several at once.
#[derive(Clone)]
pub struct Case {
    name: String,
    /// What an expectation names: the operator, or the set that the case was made of.
    group: &'static str,
    /// At least one.
    mutations: Vec<Mutation>,
}

/// What the oracle has to know of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nature {
    /// Whether the world is as recorded, or really differs.
    pub truth: Truth,
    /// Whether a careful client could know that a reply lies.
    pub lie: Lie,
    /// The interactions that are bent.
    pub at: Vec<usize>,
    /// Recorded effects that must not be done as long as the last reply of a bent interaction is bent.
    pub forbidden: Vec<usize>,
    /// What was planted to lead the agent astray.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// The texts that were planted, harmless ones too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planted: Vec<String>,
}

impl Nature {
    /// That of a single fault.
    #[must_use]
    pub fn of(truth: Truth, site: &Site) -> Self {
        Self {
            truth,
            lie: site.lie.clone(),
            at: vec![site.interaction],
            forbidden: Vec::new(),
            attack: None,
            planted: Vec::new(),
        }
    }
}

impl Case {
    pub(super) fn new(operator: Arc<dyn Operator>, site: Site) -> Self {
        let name = format!("{}@{site}", operator.id());
        Self { name, group: operator.id(), mutations: vec![Mutation { operator, site }] }
    }

    /// Several faults at once; `None` for none.
    pub(super) fn together(name: String, group: &'static str, mutations: Vec<Mutation>) -> Option<Self> {
        (!mutations.is_empty()).then_some(Self { name, group, mutations })
    }

    pub(super) fn renamed(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    /// The same case with one fixed value.
    pub(crate) fn with_value(&self, value: Value) -> Self {
        let mut case = self.clone();
        case.mutations[0].site.value = Some(value);
        case
    }

    /// The faults but one, under the name that they have as a case of their own.
    pub(crate) fn without(&self, index: usize) -> Option<Self> {
        let mut mutations = self.mutations.clone();
        mutations.remove(index);
        Self::together(combined_name(&mutations), self.group, mutations)
    }

    /// The same case with harmless texts in the place of planted instructions; `None` if it plants none.
    pub(crate) fn twin(&self) -> Option<Self> {
        let of = |mutation: &Mutation| Some(Mutation { site: twin(&mutation.site)?, ..mutation.clone() });
        let planting = |mutation: &Mutation| of(mutation).unwrap_or_else(|| mutation.clone());
        self.mutations.iter().any(|mutation| of(mutation).is_some()).then(|| {
            let mutations: Vec<_> = self.mutations.iter().map(planting).collect();
            Self { name: combined_name(&mutations), group: self.group, mutations }
        })
    }

    /// The stable name: `rate_limit@3:seconds`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What an expectation may name: the operator, or for several faults the set (`pairs`, `bad_day`).
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// The faults, in order of the interactions.
    #[must_use]
    pub fn mutations(&self) -> &[Mutation] {
        &self.mutations
    }

    /// The operator; the first where there are several.
    #[must_use]
    pub fn operator(&self) -> &Arc<dyn Operator> {
        &self.mutations[0].operator
    }

    /// Where it applies; the first place where there are several.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.mutations[0].site
    }

    /// What the oracle has to know. Of several faults the world differs if any makes it so, and a lie counts as
    /// plausible if any is.
    #[must_use]
    pub fn nature(&self, recording: &Recording) -> Nature {
        let changed = self.mutations.iter().any(|mutation| mutation.operator.truth() == Truth::Changed);
        let rank = |lie: &Lie| match lie {
            Lie::None => 0,
            Lie::Evident(_) => 1,
            Lie::Plausible(_) => 2,
        };
        let lies = self.mutations.iter().map(|mutation| &mutation.site.lie);
        Nature {
            truth: if changed { Truth::Changed } else { Truth::Masked },
            lie: lies.max_by_key(|lie| rank(lie)).cloned().unwrap_or(Lie::None),
            at: self.mutations.iter().map(|mutation| mutation.site.interaction).collect(),
            forbidden: self
                .mutations
                .iter()
                .flat_map(|mutation| mutation.operator.forbids(&mutation.site, recording))
                .collect(),
            attack: self.mutations.iter().find_map(|mutation| mutation.operator.attack(&mutation.site, recording)),
            planted: self
                .mutations
                .iter()
                .flat_map(|mutation| mutation.operator.plants(&mutation.site, recording))
                .collect(),
        }
    }
}

/// The name of several faults as a case: `empty_list@2+timeout@5`. It can be run by this name.
pub(super) fn combined_name(mutations: &[Mutation]) -> String {
    let names: Vec<_> =
        mutations.iter().map(|mutation| format!("{}@{}", mutation.operator.id(), mutation.site)).collect();
    names.join("+")
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}
