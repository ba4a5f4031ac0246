//! Every operator that is built in.

use std::sync::Arc;

use super::mutations::Mutations;
use super::operator::Operator;
use super::{adversarial, approval, drift, mcp, model, order, pagination, partial, transport, values};

/// Every built-in operator with its defaults, by family.
#[must_use]
pub fn all() -> Vec<Arc<dyn Operator>> {
    let families = [
        transport::operators(),
        pagination::operators(),
        partial::operators(),
        drift::operators(),
        values::operators(),
        order::operators(),
        model::operators(),
        mcp::operators(),
        adversarial::operators(),
        approval::operators(),
    ];
    families.into_iter().flatten().collect()
}

/// What a test gets that names no mutations: every operator that the recording has a place for, with its defaults.
#[must_use]
pub fn standard() -> Mutations {
    Mutations::of(all())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operator_has_a_name_of_its_own_and_says_what_it_is() {
        let mut ids = BTreeSet::new();
        for operator in all() {
            let about = operator.about();
            let texts = [about.what, about.seen, about.source, about.sites, about.good];
            assert!(texts.iter().all(|text| !text.is_empty()), "{operator:?} does not say all of what it is");
            assert!(ids.insert(operator.id()), "two operators are called {operator:?}");
        }
    }
}
