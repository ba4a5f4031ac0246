//! JSON Schema, behind one small interface: the only place that knows the package which reads it.

use serde_json::Value;

/// A JSON Schema, or why it is none.
pub(crate) struct Schema {
    read: Result<jsonschema::Validator, String>,
}

impl Schema {
    /// Reads a schema. References to other documents are not followed: nothing is fetched.
    pub(crate) fn new(schema: &Value) -> Self {
        let read = jsonschema::validator_for(schema)
            .map_err(|error| format!("{error} at `{}`; correct it, or use `.when(..)`", error.instance_path()));
        Self { read }
    }

    /// Why it is no schema, and what to do about it.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.read.as_ref().err().map(String::as_str)
    }

    /// Whether a document is valid. Of what is no schema nothing is; whoever uses one asks for its problem first.
    pub(crate) fn accepts(&self, document: &Value) -> bool {
        self.read.as_ref().is_ok_and(|validator| validator.is_valid(document))
    }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schema").field("problem", &self.problem()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::calls::calls;
    use super::super::testing::carrying;
    use super::*;

    #[test]
    fn documents_are_accepted_by_a_schema_and_by_what_is_none_nothing_is() {
        let schema = Schema::new(&json!({"type": "object", "properties": {"n": {"minimum": 5}}, "required": ["n"]}));
        assert!(schema.accepts(&json!({"n": 5})) && !schema.accepts(&json!({"n": 4})) && !schema.accepts(&json!({})));
        assert_eq!(schema.problem(), None);
        assert_eq!(format!("{schema:?}"), "Schema { problem: None, .. }");
        let broken = Schema::new(&json!({"type": "objekt"}));
        assert!(!broken.accepts(&json!({})));
        assert!(broken.problem().is_some_and(|problem| problem.contains("correct it")), "{broken:?}");
        assert!(
            Schema::new(&json!({"$ref": "http://example.invalid/s.json"})).problem().is_some(),
            "nothing is fetched"
        );
    }

    #[test]
    fn calls_are_narrowed_by_their_arguments() {
        let large = calls("POST /refunds").arguments(json!({"properties": {"n": {"minimum": 5}}, "required": ["n"]}));
        let of = |n: u64| carrying(1, "POST /refunds", json!({"n": n}));
        assert!(large.select(&of(5)) && !large.select(&of(4)));
        assert!(large.problems().is_empty());
        let broken = calls("POST /refunds").arguments(json!({"type": "objekt"}));
        let problems = broken.problems();
        assert!(problems.len() == 1 && problems[0].contains("POST /refunds"), "{problems:?}");
    }
}
