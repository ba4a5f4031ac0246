//! Judges what `parse` has read. Every mistake is reported, none hides another.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use syn::{Error, Expr, LitStr, Path, Result};

use crate::mistakes::Mistakes;
use crate::parse::{Argument, Arguments, Entry, Function, Item, Key, Value};

mod function;
mod model;
mod suggest;
#[cfg(test)]
mod tests;
mod value;
mod verdict;

pub use function::Ignore;
pub use model::{Model, StandIn};
pub use verdict::{Expectation, Verdict};

use suggest::{listed, nearest};

/// A use of the attribute in which nothing is wrong.
pub struct AgentTest<'a> {
    pub settings: Settings,
    pub ignore: Option<Ignore>,
    pub function: &'a Function,
}

/// The arguments, judged.
#[derive(Default)]
pub struct Settings {
    pub krate: Option<Path>,
    pub cassette: Option<LitStr>,
    pub upstreams: Vec<(Ident, Expr)>,
    /// `None` is the default set, an empty list is the baseline alone.
    pub mutations: Option<Vec<Expr>>,
    pub expectations: Vec<Expectation>,
    pub pass: Vec<Verdict>,
    pub reads: Vec<LitStr>,
    pub effects: Vec<LitStr>,
    pub live: Vec<LitStr>,
    pub model: Option<Model>,
    pub strict: bool,
    /// `redact`, `matching`, `goal` and the like: any expression, passed on as it is.
    pub expressions: Vec<(Ident, Expr)>,
}

/// Each argument and the form in which it is written.
const FORMS: [(&str, &str); 18] = [
    ("layer", "layer = \"replay\""),
    ("cassette", "cassette = \"cassettes/name.json\""),
    ("upstream", "upstream(name = \"https://...\")"),
    ("mutations", "mutations = [first(), second()]"),
    ("expect", "expect(rate_limit = recovered)"),
    ("pass", "pass(recovered, unaffected)"),
    ("reads", "reads = [\"POST /v1/search\"]"),
    ("effects", "effects = [\"GET /v1/logout\"]"),
    ("redact", "redact = expression"),
    ("matching", "matching = expression"),
    ("goal", "goal = expression"),
    ("check", "check = |run: &Run| ..."),
    ("policy", "policy = expression"),
    ("budget", "budget = expression"),
    ("model", "model = gullible"),
    ("strict", "strict"),
    ("live", "live = [\"orders\"]"),
    ("crate", "crate = path::to::checkagent"),
];

/// Judges the arguments and the function together.
pub fn check(arguments: Arguments, item: &Item) -> Result<AgentTest<'_>> {
    let Arguments { list, mut mistakes } = arguments;
    let settings = settings(list, &mut mistakes);
    match item {
        Item::Other { start, .. } => {
            let message = "`#[agent_test]` goes on a function: `async fn name(world: World) -> T`";
            Err(mistakes.and(Error::new_spanned(start, message)))
        }
        Item::Function(function) => {
            let ignore = function::judge(function, &mut mistakes);
            mistakes.or(AgentTest { settings, ignore, function })
        }
    }
}

fn settings(list: Vec<Argument>, mistakes: &mut Mistakes) -> Settings {
    let names: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
    let mut settings = Settings::default();
    let mut given = HashSet::new();
    for Argument { name, value } in list {
        let text = name.to_string();
        let Some((known, form)) = FORMS.iter().find(|(known, _)| *known == text) else {
            let hint = nearest(&text, &names).map_or(String::new(), |near| {
                // It is there, only misspelt: that it is missing would be noise.
                given.insert(near);
                format!(", did you mean `{near}`?")
            });
            mistakes.at(name, format!("unknown argument `{text}`{hint} (accepted: {})", listed(&names)));
            continue;
        };
        if !given.insert(known) {
            let message = format!("`{text}` is given twice: each of {} is given once at most", listed(&names));
            mistakes.at(name, message);
            continue;
        }
        match (*known, value) {
            (_, Value::Unreadable) => {}
            ("upstream", Value::Entries(entries)) => settings.upstreams = value::upstreams(entries, mistakes),
            ("expect", Value::Entries(entries)) => settings.expectations = verdict::expectations(entries, mistakes),
            ("pass", Value::Entries(entries)) => settings.pass = verdict::pass(&name, entries, mistakes),
            ("layer", Value::Expr(expr)) => value::layer(&expr, mistakes),
            ("cassette", Value::Expr(expr)) => settings.cassette = value::cassette(&expr, mistakes),
            ("mutations", Value::Expr(expr)) => settings.mutations = value::array(*expr, form, mistakes),
            ("reads", Value::Expr(expr)) => settings.reads = value::calls(*expr, form, mistakes),
            ("effects", Value::Expr(expr)) => settings.effects = value::calls(*expr, form, mistakes),
            ("live", Value::Expr(expr)) => settings.live = value::channels(*expr, form, mistakes),
            ("model", Value::Expr(expr)) => settings.model = Some(model::model(*expr, mistakes)),
            ("strict", Value::Absent) => settings.strict = true,
            ("redact" | "matching" | "goal" | "check" | "policy" | "budget", Value::Expr(expr)) => {
                settings.expressions.push((name, *expr));
            }
            ("crate", Value::Expr(expr)) => settings.krate = value::path(&expr, mistakes),
            _ => mistakes.at(name, format!("write `{form}`")),
        }
    }
    for (name, form) in &FORMS[..2] {
        if !given.contains(name) {
            mistakes.add(Error::new(Span::call_site(), format!("`{name}` is missing: add `{form}`")));
        }
    }
    settings
}

/// The value of `key = expr`, or a mistake at the key that shows `form`.
fn value_of(entry: Entry, form: &str, mistakes: &mut Mistakes) -> Option<(Key, Expr)> {
    match entry.value {
        Value::Expr(expr) => Some((entry.key, *expr)),
        Value::Unreadable => None,
        Value::Absent | Value::Entries(_) => {
            mistakes.at(&entry.key, format!("write `{form}`"));
            None
        }
    }
}
