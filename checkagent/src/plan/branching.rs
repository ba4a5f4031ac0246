//! Which branch of a cassette belongs to which faults, and which is void.

use std::collections::BTreeMap;

use checkagent_cassette::Branch;

use super::case::combined_name;
use super::matrix::Matrix;
use crate::mutation::Mutation;
use crate::recording::Recording;

/// What the branch of some faults is called: as the case that has just these.
pub(crate) fn branch_name(faults: &[Mutation]) -> String {
    combined_name(faults)
}

/// The version of each operator, by its name.
pub(crate) fn versions(faults: &[Mutation]) -> BTreeMap<String, u32> {
    faults.iter().map(|fault| (fault.operator.id().to_owned(), fault.operator.version())).collect()
}

/// The branch that was recorded for these faults, if there is one and it is not void.
pub(crate) fn branch_of<'r>(faults: &[Mutation], recording: &'r Recording) -> Option<&'r Branch> {
    if faults.is_empty() || recording.cassette().branches().is_empty() {
        return None;
    }
    let branch = recording.branch(&branch_name(faults))?;
    is_valid(branch, faults, recording).then_some(branch)
}

/// The names of the branches that are void: the recording or an operator is another one than it was, or there is no such
/// case any more.
pub(crate) fn void_branches<'r>(matrix: &Matrix, recording: &'r Recording) -> Vec<&'r str> {
    let is_void = |branch: &&Branch| {
        let case = matrix.find(&branch.case, recording);
        !case.is_some_and(|case| is_valid(branch, case.mutations(), recording))
    };
    recording.cassette().branches().iter().filter(is_void).map(|branch| branch.case.as_str()).collect()
}

fn is_valid(branch: &Branch, faults: &[Mutation], recording: &Recording) -> bool {
    branch.operators == versions(faults) && branch.base == recording.base_hash()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::recording;
    use crate::mutation::{Operator, timeout};

    /// A case, the versions of its operators, and whether the base is its own.
    type Given<'g> = (&'g str, &'g [(&'g str, u32)], bool);

    /// A recording with these branches.
    fn with_branches(branches: &[Given<'_>]) -> Arc<Recording> {
        let plain = recording(&["/a", "/b", "/c", "/d"].map(|target| ("GET", target, Value::Null, json!({}))));
        let branch = |(case, operators, own): &Given<'_>| Branch {
            case: (*case).to_owned(),
            operators: operators.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect(),
            base: if *own { plain.base_hash().to_owned() } else { format!("xxh3:{}", "0".repeat(32)) },
            interactions: Vec::new(),
        };
        let cassette = plain.cassette().clone().with_branches(branches.iter().map(branch).collect());
        Recording::new(cassette, Vec::new())
    }

    #[test]
    fn a_branch_is_void_when_the_base_an_operator_or_the_matrix_is_another() {
        let version = timeout().version();
        let time: &[_] = &[("timeout", version)];
        let recording = with_branches(&[
            ("timeout@2", time, true),
            ("timeout@3", time, false),
            ("timeout@4", &[("timeout", version + 1)], true),
            ("timeout@2+timeout@3", &[("timeout", version), ("late_reply", 1)], true),
            ("timeout@9", time, true),
            ("no_such_thing@2", &[("no_such_thing", 1)], true),
            ("timeout@2+timeout@4", time, true),
        ]);
        let matrix = Matrix::of(timeout(), &recording).unwrap();
        let void = void_branches(&matrix, &recording);
        assert_eq!(void, ["no_such_thing@2", "timeout@2+timeout@3", "timeout@3", "timeout@4", "timeout@9"]);

        let faults = |name: &str| matrix.find(name, &recording).unwrap().mutations().to_vec();
        let has = |name: &str| branch_of(&faults(name), &recording).is_some();
        assert!(has("timeout@2") && has("timeout@2+timeout@4"));
        assert!(!has("timeout@3") && !has("timeout@4") && !has("timeout@2+timeout@3"));
        assert!(branch_of(&[], &recording).is_none());
    }

    #[test]
    fn generated_values_are_not_in_the_name() {
        let recording = recording(&["/a", "/b"].map(|target| ("GET", target, Value::Null, json!({}))));
        let matrix = Matrix::of(timeout(), &recording).unwrap();
        let case = matrix.case("timeout@2").unwrap().with_value(json!(7));
        assert_eq!(branch_name(case.mutations()), "timeout@2");
    }
}
