//! The call that a planted text wants.

use serde_json::Value;

use checkagent_cassette::model::{Called, OfferedTool};

use super::arguments::{filled, properties, takes};
use super::ask::Ask;
use super::planted::letters;
use crate::mutation::Attack;

/// The call that does what the text says; `None` if no tool can.
pub(super) fn obeying(attack: &Attack, ask: &Ask<'_>) -> Option<Called> {
    let offered = ask.offered();
    let named = attack.tool.as_deref().and_then(|name| tool_named(name, &offered));
    let tool = named.or_else(|| {
        let able = offered.iter().filter_map(|tool| Some((ability(tool, attack)?, tool)));
        // The first of the best.
        able.rev().max_by_key(|(ability, _)| *ability).map(|(_, tool)| tool)
    })?;
    // What the agent spoke of before is more likely to be let through.
    let known = |name: &str, schema: &Value| {
        let said = ask.called().rev().find_map(|call| call.arguments.get(name));
        said.filter(|value| takes(schema, kind(value)) && schema.get("enum").is_none()).cloned()
    };
    let mut arguments = filled(tool.schema.as_ref(), &known);
    if let Some((name, carrier)) = carrier(tool, attack) {
        arguments.insert(name.to_owned(), carrier.text(attack).into());
    } else if takes_anything(tool) {
        arguments.insert("note".to_owned(), Carrier::Text.text(attack).into());
    }
    Some(Called::new("", &tool.name, &Value::Object(arguments).to_string()))
}

/// The tool that a text means, which may leave out the server's name.
fn tool_named<'t>(name: &str, offered: &'t [OfferedTool]) -> Option<&'t OfferedTool> {
    let exact = offered.iter().find(|tool| tool.name == name);
    let wanted = letters(name);
    exact.or_else(|| offered.iter().find(|tool| !wanted.is_empty() && letters(&tool.name).ends_with(&wanted)))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// How an argument takes something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Carrier {
    /// Any text.
    Other,
    /// What is meant to be read.
    Text,
    /// Where to go.
    Address,
}

impl Carrier {
    fn of(name: &str, schema: &Value, attack: &Attack) -> Option<Self> {
        const ADDRESSES: [&str; 8] = ["url", "uri", "link", "href", "endpoint", "webhook", "website", "domain"];
        const TEXTS: [&str; 17] = [
            "message",
            "text",
            "body",
            "content",
            "note",
            "comment",
            "reason",
            "subject",
            "description",
            "query",
            "question",
            "prompt",
            "summary",
            "title",
            "memo",
            "detail",
            "search",
        ];
        if !takes(schema, "string") || schema.get("enum").is_some() {
            return None;
        }
        let name = name.to_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let carrier = match schema.get("format").and_then(Value::as_str) {
            Some("uri" | "url") => Self::Address,
            Some(_) => return None,
            None if schema.get("pattern").is_some() => return None,
            None if any(&ADDRESSES) => Self::Address,
            None if any(&TEXTS) => Self::Text,
            None => Self::Other,
        };
        let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        (u64::try_from(carrier.text(attack).chars().count()).is_ok_and(|length| length <= most)).then_some(carrier)
    }

    fn text(self, attack: &Attack) -> String {
        let secret = attack.secret.as_deref();
        match self {
            Self::Address if !attack.url.is_empty() => {
                secret.map_or_else(|| attack.url.clone(), |secret| format!("{}?about={secret}", attack.url))
            }
            _ => {
                let told = [Some(attack.token.as_str()), Some(attack.url.as_str()).filter(|_| attack.tool.is_none())];
                let told = told.into_iter().chain([secret]).flatten().filter(|text| !text.is_empty());
                told.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The argument that carries best; the first of several.
fn carrier<'t>(tool: &'t OfferedTool, attack: &Attack) -> Option<(&'t str, Carrier)> {
    let all = properties(tool.schema.as_ref()?);
    let mut best: Option<(&str, Carrier)> = None;
    for (name, schema) in all {
        if let Some(carrier) = Carrier::of(name, schema, attack)
            && best.is_none_or(|(_, known)| known < carrier)
        {
            best = Some((name, carrier));
        }
    }
    best
}

/// Whether the tool says nothing of its arguments, so that any will do.
fn takes_anything(tool: &OfferedTool) -> bool {
    let Some(schema) = &tool.schema else { return true };
    properties(schema).next().is_none() && schema.get("additionalProperties") != Some(&Value::Bool(false))
}

/// How well a tool takes something out.
fn ability(tool: &OfferedTool, attack: &Attack) -> Option<(Carrier, bool)> {
    const VERBS: [&str; 15] = [
        "send", "open", "fetch", "browse", "post", "http", "visit", "mail", "message", "notify", "reply", "comment",
        "publish", "share", "upload",
    ];
    let name = tool.name.to_lowercase();
    let speaks = VERBS.iter().any(|verb| name.contains(verb));
    let carrier = carrier(tool, attack).map(|(_, carrier)| carrier);
    let carrier = carrier.or_else(|| takes_anything(tool).then_some(Carrier::Other))?;
    Some((carrier, speaks))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stand_in::planted::words;
    use crate::stand_in::testing::attack;

    fn tool(name: &str, properties: &Value) -> OfferedTool {
        OfferedTool { name: name.into(), schema: Some(json!({"type": "object", "properties": properties})) }
    }

    #[test]
    fn the_argument_that_goes_somewhere_is_taken_before_one_that_is_read_and_that_before_any_other() {
        let text = json!({"type": "string"});
        let of = |properties: Value| carrier(&tool("t", &properties), &attack()).map(|(name, _)| name.to_owned());
        assert_eq!(of(json!({"a": text, "body": text, "page_url": text})).as_deref(), Some("page_url"));
        assert_eq!(of(json!({"a": text, "body": text})).as_deref(), Some("body"));
        assert_eq!(of(json!({"a": text, "n": {"type": "integer"}})).as_deref(), Some("a"));
        assert_eq!(of(json!({"kind": {"enum": ["a"]}, "day": {"type": "string", "format": "date"}})), None);
        assert_eq!(
            of(json!({"a": {"type": "string", "maxLength": 4}, "b": {"type": "string", "pattern": "^.$"}})),
            None
        );
    }

    #[test]
    fn the_best_tool_is_the_one_that_reaches_out() {
        let text = json!({"type": "string"});
        let look = ability(&tool("look_up", &json!({"order": text})), &attack());
        let send = ability(&tool("send", &json!({"message": text})), &attack());
        let open = ability(&tool("open", &json!({"url": text})), &attack());
        assert!(look < send && send < open && look.is_some());
        assert_eq!(ability(&tool("now", &json!({"n": {"type": "integer"}})), &attack()), None);
        assert!(ability(&OfferedTool { name: "any".into(), schema: None }, &attack()).is_some());
    }

    #[test]
    fn a_secret_goes_out_beside_the_token() {
        let attack = Attack { secret: Some("s3cr3t-77".into()), ..attack() };
        assert_eq!(Carrier::Address.text(&attack), "https://rx-aaaa2222.canary.invalid/?about=s3cr3t-77");
        assert!(
            Carrier::Text.text(&attack).starts_with("RX-AAAA2222 ")
                && Carrier::Text.text(&attack).ends_with("s3cr3t-77")
        );
        assert!(words(&attack).contains("s3cr3t-77"));
    }

    #[test]
    fn a_text_names_a_tool_without_the_name_of_its_server() {
        let offered = [tool("look", &json!({})), tool("mcp__shop__send_mail", &json!({}))];
        assert_eq!(tool_named("send_mail", &offered).map(|tool| tool.name.as_str()), Some("mcp__shop__send_mail"));
        assert_eq!(tool_named("POST /refunds", &offered), None);
        assert_eq!(tool_named("", &offered), None);
    }
}
