use std::collections::BTreeSet;

use super::matrix::Matrix;
use crate::demo::sessions;
use crate::mutation::{Lie, Mutations, Narrow, bad_day, calm, pairs, rate_limit, standard, timeout};

fn matrix(mutations: Mutations) -> Matrix {
    Matrix::of(mutations, &sessions()[0].1).unwrap()
}

fn names(matrix: &Matrix) -> Vec<&str> {
    matrix.cases.iter().map(super::Case::name).collect()
}

#[test]
fn a_matrix_is_the_same_every_time_and_its_names_are_unique() {
    for (_, recording) in sessions() {
        let (first, again) = (Matrix::of(standard(), &recording).unwrap(), Matrix::of(standard(), &recording).unwrap());
        assert_eq!(names(&first), names(&again));
        assert_eq!(names(&first).iter().collect::<BTreeSet<_>>().len(), first.cases.len());
        assert!(first.cases.len() <= 256);
    }
}

#[test]
fn every_operator_that_applies_has_a_case_however_small_the_budget_is() {
    let all = matrix(standard());
    let applicable = standard().wanted().count() - all.inapplicable.len();
    let few = matrix(standard().budget(applicable));
    let operators: BTreeSet<_> = few.cases.iter().map(super::Case::group).collect();
    assert_eq!((operators.len(), few.cases.len()), (applicable, applicable));
    assert!(few.left_out.values().sum::<usize>() > 0);
}

#[test]
fn cases_are_kept_by_place() {
    let pages = matrix(standard().only("transport").at("GET /v1/records").from(2));
    assert!(!pages.cases.is_empty());
    assert!(pages.cases.iter().all(|case| [2, 3, 6].contains(&case.site().interaction)), "{:?}", names(&pages));
    let after = matrix(timeout().after(7));
    assert_eq!(names(&after), ["timeout@8", "timeout@9"]);
}

#[test]
fn what_is_named_must_have_a_place_and_names_must_mean_something() {
    let (_, recording) = &sessions()[0];
    let error = Matrix::of(Narrow::at(rate_limit(), "GET /nowhere"), recording).unwrap_err().to_string();
    assert!(error.contains("`rate_limit` finds no place"), "{error}");
    let error = Matrix::of(standard().only("trasport"), recording).unwrap_err().to_string();
    assert!(error.contains("`trasport` is no operator or family"), "{error}");
    let error = Matrix::of(standard().at("GET /nowhere"), recording).unwrap_err().to_string();
    assert!(error.contains("makes no case"), "{error}");
    let error = Matrix::of(standard().only("drift").except("drift"), recording).unwrap_err().to_string();
    assert!(error.contains("left nothing"), "{error}");
    let error = Matrix::of(pairs(standard().only("timeout")), recording).unwrap_err().to_string();
    assert!(error.contains("two families"), "{error}");
    let error = Matrix::of(standard().weights("no-such-file.json"), recording).unwrap_err().to_string();
    assert!(error.contains("no-such-file.json"), "{error}");
}

#[test]
fn every_two_sites_of_different_families_meet_in_a_case() {
    let matrix = matrix(pairs(standard()));
    let fault = |index: usize, case: usize| {
        let fault = &matrix.cases[case].mutations()[index];
        (fault.operator.family(), format!("{}@{}", fault.operator.id(), fault.site))
    };
    let mut seen = BTreeSet::new();
    let mut sites = BTreeSet::new();
    for case in 0..matrix.cases.len() {
        let faults: Vec<_> = (0..matrix.cases[case].mutations().len()).map(|index| fault(index, case)).collect();
        for one in &faults {
            sites.insert(one.clone());
            seen.extend(faults.iter().filter(|other| other.0 != one.0).map(|other| (one.clone(), other.clone())));
        }
    }
    for one in &sites {
        for other in sites.iter().filter(|other| other.0 != one.0) {
            assert!(seen.contains(&(one.clone(), other.clone())), "{one:?} and {other:?} never meet");
        }
    }
    assert!(sites.len() > 12 && matrix.coverage[0].covered == matrix.coverage[0].of, "{sites:?}");
    let lies = matrix.cases.iter().flat_map(super::Case::mutations).map(|fault| &fault.site.lie);
    assert!(lies.into_iter().all(|lie| !matches!(lie, Lie::Plausible(_))));
}

#[test]
fn what_a_budget_of_pairs_leaves_out_is_counted() {
    let coverage = matrix(pairs(standard()).budget(3)).coverage[0];
    assert!(coverage.covered > 0 && coverage.covered < coverage.of);
}

#[test]
fn days_are_drawn_the_same_way_every_time_and_bad_ones_are_worse() {
    let faults = |mutations: Mutations| {
        let matrix = matrix(mutations.budget(60));
        assert!(matrix.cases.iter().all(|case| !case.mutations().is_empty()));
        let all: Vec<Vec<_>> = matrix
            .cases
            .iter()
            .map(|case| {
                case.mutations().iter().map(|fault| format!("{}@{}", fault.operator.id(), fault.site)).collect()
            })
            .collect();
        all
    };
    assert_eq!(faults(calm()), faults(calm()));
    let count = |mutations| faults(mutations).iter().map(Vec::len).sum::<usize>();
    assert!(count(bad_day()) > count(calm()));
    let different: BTreeSet<_> = faults(bad_day()).into_iter().collect();
    assert!(different.len() > 20, "{} different days", different.len());
}

#[test]
fn what_failed_before_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("failures.json");
    let text = r#"{"checkagent_failures": 1, "operations": [
        {"operation": "GET /v1/regions", "channel": "http", "calls": 10, "errors": {"ReadTimeout": 9}}]}"#;
    std::fs::write(&file, text).unwrap();
    let first = |mutations: Mutations| names(&matrix(mutations.only("timeout").budget(1)))[0].to_owned();
    assert_eq!(first(standard().weights(&file)), "timeout@7");
    assert_ne!(first(standard()), "timeout@7");
}

#[test]
fn any_faults_together_are_a_case_by_name() {
    let (_, recording) = &sessions()[0];
    let few = Matrix::of(standard().budget(1), recording).unwrap();
    assert_eq!(few.find("timeout@3+server_error@5", recording).unwrap().mutations().len(), 2);
    assert_eq!(few.find("timeout@9", recording).unwrap().site().interaction, 9);
    assert!(few.find("timeout@99", recording).is_none());
    assert!(few.find("timeout@3+nonsense@5", recording).is_none());
}
