//! The fields that a GraphQL document asks for, one by one.

use serde_json::{Map, Value, json};

/// What a document asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    /// A query, which changes nothing.
    pub reads: bool,
    /// Each with its name in the reply (`alias`), its own name, its arguments with the variables' values in place of
    /// their names, and what is asked of its result.
    pub fields: Vec<Value>,
}

/// The first operation of a document; `None` for what is not understood.
pub(super) fn operation(query: &str, variables: &Value) -> Option<Operation> {
    let mut text = Text { text: query, at: 0 };
    text.space();
    let start = text.rest();
    let reads = start.starts_with("query") || start.starts_with('{');
    if !reads && !start.starts_with("mutation") {
        return None;
    }
    text.until('{')?;
    let mut fields = Vec::new();
    loop {
        text.space();
        if text.take('}') {
            break;
        }
        let first = text.name()?;
        text.space();
        let name = if text.take(':') {
            text.space();
            text.name()?
        } else {
            first
        };
        text.space();
        let arguments = if text.rest().starts_with('(') { text.group()? } else { "" };
        text.space();
        // Directives may leave a field out, so that the reply cannot be told beforehand: they are not understood.
        let selection = if text.rest().starts_with('{') { text.group()? } else { "" };
        let arguments = with_values(arguments, variables.as_object());
        fields.push(json!({"alias": first, "field": name, "arguments": arguments, "selection": compact(selection)}));
    }
    Some(Operation { reads, fields })
}

#[derive(Debug)]
struct Text<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Text<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips what means nothing: white space, commas, comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let next = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == '\u{feff}');
            self.at += rest.len() - next.len();
            if !next.starts_with('#') {
                return;
            }
            self.at += next.find('\n').unwrap_or(next.len());
        }
    }

    fn take(&mut self, c: char) -> bool {
        let taken = self.rest().starts_with(c);
        self.at += if taken { c.len_utf8() } else { 0 };
        taken
    }

    /// Goes behind the next `c` that is not inside parentheses or a string.
    fn until(&mut self, c: char) -> Option<()> {
        while !self.take(c) {
            match self.rest().chars().next()? {
                '(' => drop(self.group()?),
                other => self.at += other.len_utf8(),
            }
        }
        Some(())
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).filter(|name| !name.is_empty())
    }

    /// A group with its brackets, whatever brackets and strings are in it.
    fn group(&mut self) -> Option<&'t str> {
        let start = self.at;
        let mut depth = 0usize;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'(' | b'{' | b'[' => depth += 1,
                b')' | b'}' | b']' => depth = depth.checked_sub(1)?,
                b'"' => self.string(),
                _ => {}
            }
            if depth == 0 {
                return self.text.get(start..self.at);
            }
        }
        None
    }

    /// Goes behind a string whose first quote was passed.
    fn string(&mut self) {
        let rest = self.rest();
        if let Some(block) = rest.strip_prefix("\"\"") {
            self.at += 2 + block.find("\"\"\"").map_or(block.len(), |end| end + 3);
            return;
        }
        let mut escaped = false;
        for (index, c) in rest.char_indices() {
            if c == '"' && !escaped {
                self.at += index + 1;
                return;
            }
            escaped = c == '\\' && !escaped;
        }
        self.at = self.text.len();
    }
}

fn with_values(arguments: &str, variables: Option<&Map<String, Value>>) -> String {
    let mut out = String::with_capacity(arguments.len());
    let mut rest = arguments;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        match variables.and_then(|variables| variables.get(name)) {
            Some(value) => out.push_str(&value.to_string()),
            None => out.push_str("null"),
        }
        rest = tail;
    }
    out.push_str(rest);
    compact(&out)
}

/// The text with every run of white space as one blank.
fn compact(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_split_with_their_variables_filled_in() {
        let query = r#"mutation Two($x: In = {a: "{"}, $y: In!) {
            # a comment with a }
            a: make(input: $x, note: "br}ace \" $") { item { id } }, b: make(input: $y) { item { id } }
            plain
        }"#;
        let found = operation(query, &json!({"x": {"n": 1}, "y": {"n": 2}})).unwrap();
        assert!(!found.reads);
        let found = found.fields;
        assert_eq!(found.iter().map(|field| &field["alias"]).collect::<Vec<_>>(), ["a", "b", "plain"]);
        assert_eq!(found[1]["arguments"], r#"(input: {"n":2})"#);
        assert_eq!(found[1]["selection"], "{ item { id } }");
        assert_eq!(found[2]["field"], "plain");
    }

    #[test]
    fn queries_read_and_broken_texts_are_not_understood() {
        for text in ["query Q($a: [Int!] = [1]) { a(ids: $a) { id } b }", "{ a { id } b }"] {
            let found = operation(text, &Value::Null).unwrap();
            assert_eq!((found.reads, found.fields.len()), (true, 2), "{text}");
        }
        for text in ["mutation { a(", "mutation { a: } }", "mutation", "mutation { ...F }", "{ a @skip(if: $x) }", ""] {
            assert_eq!(operation(text, &Value::Null), None, "{text}");
        }
    }
}
