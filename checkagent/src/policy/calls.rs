//! Which calls a rule speaks of.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "schema")]
use super::schema::Schema;
use crate::ledger::Call;
use crate::mutation::matches;

/// Calls, by a pattern in which `*` stands for anything: `POST /v1/refunds`, `DELETE *`, `send_*`.
///
/// A pattern with a method is matched with method and path of HTTP requests (also of those that carry a call of MCP),
/// one without with the name of a tool (over MCP, or a call of the agent's own code). Queries are left out.
///
/// # Examples
///
/// ```
/// use checkagent::policy::calls;
/// use checkagent::{Call, Outcome};
/// use serde_json::json;
///
/// let outcome = Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() };
/// let refund = Call { request: Some(json!({"cents": 90_000})), ..Call::new("pay", "POST /v1/refunds", outcome) };
/// let large = calls("POST /v1/refunds")
///     .on("pay")
///     .when(|call| call.request.as_ref().is_some_and(|sent| sent["cents"].as_u64() > Some(50_000)))
///     .described("large refunds");
/// assert!(large.select(&refund));
/// assert_eq!(large.to_string(), "large refunds");
/// ```
#[derive(Clone)]
pub struct Calls {
    pattern: String,
    /// Where the path begins, if the pattern has a method.
    path: Option<usize>,
    channel: Option<String>,
    narrowed: Vec<Narrowed>,
    described: Option<String>,
}

#[derive(Clone)]
enum Narrowed {
    When(Arc<dyn Fn(&Call) -> bool + Send + Sync>),
    #[cfg(feature = "schema")]
    Arguments(Arc<Schema>),
}

/// The calls that a pattern names; see [`Calls`].
#[must_use]
pub fn calls(pattern: &str) -> Calls {
    let path = pattern.split_once(' ').map(|(method, _)| method.len() + 1);
    Calls { pattern: pattern.to_owned(), path, channel: None, narrowed: Vec::new(), described: None }
}

impl Calls {
    /// Only those on a channel.
    #[must_use]
    pub fn on(mut self, channel: &str) -> Self {
        self.channel = Some(channel.to_owned());
        self
    }

    /// Only those of which a function says so.
    #[must_use]
    pub fn when(mut self, says: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        self.narrowed.push(Narrowed::When(Arc::new(says)));
        self
    }

    /// Only those whose document, or whose arguments over MCP, is valid by a JSON Schema. A schema that is none is an
    /// error of the test, not a rule that never applies.
    #[cfg(feature = "schema")]
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    pub fn arguments(mut self, schema: serde_json::Value) -> Self {
        self.narrowed.push(Narrowed::Arguments(Arc::new(Schema::new(&schema))));
        self
    }

    /// What reports call them, in place of the pattern.
    #[must_use]
    pub fn described(mut self, text: &str) -> Self {
        self.described = Some(text.to_owned());
        self
    }

    /// Whether it speaks of this call.
    #[must_use]
    pub fn select(&self, call: &Call) -> bool {
        self.names(call) && self.narrowed.iter().all(|narrowed| narrowed.holds(call))
    }

    /// Whether a call is of the kind that it speaks of: an HTTP request, or the call of a tool; on its channel.
    pub(super) fn is_kind(&self, call: &Call) -> bool {
        let kind = if self.path.is_some() { call.method().is_some() } else { call.tool.is_some() || self.is_any() };
        kind && self.is_on(call)
    }

    /// What keeps it from being used, and what to do about it.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.pattern.trim().is_empty() {
            problems.push("`calls(\"\")` names no call: say `METHOD /path`, or the name of a tool".to_owned());
        }
        let is_method = |method: &&&str| {
            self.pattern.strip_prefix(**method).is_some_and(|rest| rest.is_empty() || rest.starts_with(['*', '/']))
        };
        if let Some(method) = ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().find(is_method) {
            problems.push(format!("`{}` is the name of a tool: say `{method} *`, or `{method} /path`", self.pattern));
        }
        #[cfg(feature = "schema")]
        problems.extend(self.narrowed.iter().filter_map(|narrowed| {
            match narrowed {
                Narrowed::Arguments(schema) => schema
                    .problem()
                    .map(|problem| format!("`{}`: the schema of its arguments is none: {problem}", self.pattern)),
                Narrowed::When(_) => None,
            }
        }));
        problems
    }

    fn is_any(&self) -> bool {
        self.pattern == "*"
    }

    fn is_on(&self, call: &Call) -> bool {
        self.channel.as_ref().is_none_or(|channel| *channel == call.channel)
    }

    fn names(&self, call: &Call) -> bool {
        let named = match (self.path, &call.tool) {
            (Some(path), _) => self.method_and_path(path, &call.label),
            (None, Some(tool)) => matches(&self.pattern, tool),
            (None, None) => self.is_any(),
        };
        named && self.is_on(call)
    }

    fn method_and_path(&self, path: usize, label: &str) -> bool {
        let Some((method, target)) = label.split_once(' ') else { return false };
        let wanted = &self.pattern[..path - 1];
        (wanted == method || (wanted.contains('*') && matches(wanted, method)))
            && matches(&self.pattern[path..], target.split('?').next().unwrap_or_default())
    }
}

impl Narrowed {
    fn holds(&self, call: &Call) -> bool {
        match self {
            Self::When(says) => says(call),
            #[cfg(feature = "schema")]
            Self::Arguments(schema) => schema.accepts(call.request.as_ref().unwrap_or(&serde_json::Value::Null)),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(described) = &self.described {
            return f.write_str(described);
        }
        f.write_str(&self.pattern)?;
        self.channel.as_ref().map_or(Ok(()), |channel| write!(f, " on {channel}"))?;
        if self.narrowed.is_empty() { Ok(()) } else { f.write_str(" of some arguments") }
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calls({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{served, tool};
    use super::*;

    #[test]
    fn a_pattern_names_requests_by_method_and_path_and_tools_by_name() {
        for (pattern, label, selected) in [
            ("POST /refunds", "POST /refunds", true),
            ("POST /refunds", "POST /refunds?dry=1", true),
            ("POST /refunds", "POST /refunds/7", false),
            ("POST /refunds", "GET /refunds", false),
            ("POST /refunds/*", "POST /refunds/7", true),
            ("DELETE *", "DELETE /x", true),
            ("* /refunds", "PATCH /refunds", true),
            ("P* /refunds", "PATCH /refunds", true),
            ("P* /refunds", "GET /refunds", false),
            ("*", "GET /x", true),
            ("refunds*", "GET /x", false),
            ("*refunds", "POST /refunds", false),
            ("POST /refunds", "refund", false),
        ] {
            assert_eq!(calls(pattern).select(&served(1, label)), selected, "{pattern}: {label}");
        }
        for (pattern, selected) in [
            ("send_*", true),
            ("send_mail", true),
            ("*", true),
            ("send", false),
            ("POST /mcp", true),
            ("GET /mcp", false),
        ] {
            assert_eq!(calls(pattern).select(&tool(1, "POST /mcp", "send_mail")), selected, "{pattern}");
        }
        assert!(calls("refund").select(&tool(1, "refund", "refund")));
    }

    #[test]
    fn calls_are_narrowed_by_channel_and_by_a_function() {
        let call = served(1, "POST /refunds");
        assert!(calls("POST *").on("api").select(&call));
        assert!(!calls("POST *").on("other").select(&call));
        assert!(calls("POST *").when(|call| call.channel == "api").select(&call));
        assert!(!calls("POST *").when(|_| true).when(|_| false).select(&call));
    }

    #[test]
    fn a_kind_is_requests_or_tools_on_the_channel() {
        let (http, own) = (served(1, "GET /x"), tool(1, "refund", "refund"));
        let mcp = tool(1, "POST /mcp", "refund");
        for (selector, kinds) in [
            (calls("DELETE *"), [true, false, true]),
            (calls("send_*"), [false, true, true]),
            (calls("*"), [true, true, true]),
            (calls("DELETE *").on("other"), [false; 3]),
            (calls("send_*").on("other"), [false; 3]),
        ] {
            assert_eq!([&http, &own, &mcp].map(|call| selector.is_kind(call)), kinds, "{selector:?}");
        }
    }

    #[test]
    fn calls_say_what_they_are() {
        let text = |calls: Calls| calls.to_string();
        assert_eq!(text(calls("POST /a").on("api")), "POST /a on api");
        assert_eq!(text(calls("POST /a").when(|_| true)), "POST /a of some arguments");
        assert_eq!(text(calls("POST /a").when(|_| true).described("large ones")), "large ones");
        assert_eq!(format!("{:?}", calls("x")), "Calls(x)");
        assert!(calls("x").problems().is_empty());
        for (pattern, problems) in
            [(" ", 1), ("DELETE", 1), ("POST*", 1), ("GET/x", 1), ("DELETE *", 0), ("GETTER", 0), ("POST_IT", 0)]
        {
            assert_eq!(calls(pattern).problems().len(), problems, "{pattern}");
        }
    }
}
