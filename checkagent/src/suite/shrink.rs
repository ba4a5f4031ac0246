//! Of several faults, those that it takes.

use crate::plan::Case;

/// Leaves out faults of a case as long as it still fails, and gives what `test` said of the last one that did; `None`
/// if no fault can be left out.
pub(super) fn fewest<R>(case: &Case, mut test: impl FnMut(&Case) -> Option<R>) -> Option<R> {
    let mut case = case.clone();
    let mut found = None;
    // Twice over: a fault that was needed at first may not be needed without a later one.
    for _ in 0..2 {
        let mut index = 0;
        while case.mutations().len() > 1 && index < case.mutations().len() {
            let Some(smaller) = case.without(index) else { break };
            match test(&smaller) {
                Some(said) => {
                    found = Some(said);
                    case = smaller;
                }
                None => index += 1,
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::recording;
    use crate::mutation::standard;
    use crate::plan::Matrix;

    #[test]
    fn only_the_faults_that_it_takes_are_left() {
        let get = |target| ("GET", target, Value::Null, json!({}));
        let recording = recording(&[get("/a"), get("/b"), get("/c"), get("/d")]);
        let matrix = Matrix::of(standard(), &recording).unwrap();
        let name = "timeout@2+timeout@3+server_error@3+timeout@4";
        let case = matrix.find(name, &recording).unwrap();
        let mut tried = 0;
        let left = fewest(&case, |case| {
            tried += 1;
            let has = |part: &str| case.name().contains(part);
            (has("timeout@2") && has("timeout@4")).then(|| case.name().to_owned())
        });
        assert_eq!(left.as_deref(), Some("timeout@2+timeout@4"));
        assert!(tried <= 8, "{tried} runs");
        assert_eq!(fewest(&case, |_| None::<()>), None);
        assert!(matrix.find("timeout@1", &recording).is_none() && matrix.find("nonsense", &recording).is_none());
    }
}
