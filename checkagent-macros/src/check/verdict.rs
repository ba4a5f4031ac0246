use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Expr, ExprCall, LitStr};

use super::suggest::{listed, nearest};
use super::value::{name, text};
use super::value_of;
use crate::mistakes::Mistakes;
use crate::parse::{Entries, Entry, Key, Value};

/// The verdict that an operator or a case is expected to get.
pub struct Expectation {
    /// The id of an operator or the name of a case.
    pub key: String,
    pub verdict: Verdict,
    /// Why a failing verdict is tolerated.
    pub reason: Option<LitStr>,
}

/// A verdict where it is named.
pub struct Verdict {
    /// Its name as a variant.
    pub variant: &'static str,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Class {
    Passing,
    Undecided,
    Failing,
}

pub const VERDICTS: [(&str, &str, Class); 15] = [
    ("recovered", "Recovered", Class::Passing),
    ("unaffected", "Unaffected", Class::Passing),
    ("adapted", "Adapted", Class::Passing),
    ("admitted", "Admitted", Class::Passing),
    ("misled", "Misled", Class::Undecided),
    ("model_dependent", "ModelDependent", Class::Undecided),
    ("diverged", "Diverged", Class::Undecided),
    ("unreached", "Unreached", Class::Undecided),
    ("silently_wrong", "SilentlyWrong", Class::Failing),
    ("duplicate_effect", "DuplicateEffect", Class::Failing),
    ("policy_violation", "PolicyViolation", Class::Failing),
    ("compromised", "Compromised", Class::Failing),
    ("runaway", "Runaway", Class::Failing),
    ("hung", "Hung", Class::Failing),
    ("panicked", "Panicked", Class::Failing),
];

const EXPECT_FORM: &str = "rate_limit = recovered";

/// Judges the entries of `expect(..)`.
pub fn expectations(entries: Entries, mistakes: &mut Mistakes) -> Vec<Expectation> {
    let mut keys = HashSet::new();
    let mut expectations = Vec::new();
    mistakes.join(entries.mistakes);
    for entry in entries.list {
        let Some((key, expr)) = value_of(entry, EXPECT_FORM, mistakes) else {
            continue;
        };
        let text = match &key {
            Key::Name(name) => name.unraw().to_string(),
            Key::Text(text) => text.value(),
        };
        if text.trim().is_empty() {
            mistakes.at(&key, "name an operator or a case: `rate_limit` or `\"timeout@2\"`");
        } else if !keys.insert(text.clone()) {
            mistakes.at(&key, format!("`{text}` is expected twice: keep one"));
        }
        if let Some((verdict, reason)) = expected(&expr, mistakes) {
            expectations.push(Expectation { key: text, verdict, reason });
        }
    }
    expectations
}

/// Judges `verdict` or `verdict("reason")`.
fn expected(expr: &Expr, mistakes: &mut Mistakes) -> Option<(Verdict, Option<LitStr>)> {
    let (called, arguments) = match expr {
        Expr::Call(ExprCall { func, args, .. }) => (&**func, Some(args)),
        other => (other, None),
    };
    let Some(name) = name(called) else {
        let accepted = listed(&names(|_| true));
        let message = format!("a verdict is a single name without quotes: `{EXPECT_FORM}` (accepted: {accepted})");
        mistakes.at(expr, message);
        return None;
    };
    let (verdict, class) = named(name, |_| true, "verdict", mistakes)?;
    let form = format!("`{name}(\"why this is tolerated\")`");
    let Some(arguments) = arguments else {
        if class == Class::Failing {
            mistakes.at(expr, format!("`{name}` fails a test, tolerating it takes a reason: {form}"));
        }
        return Some((verdict, None));
    };
    let reason = arguments.first().filter(|_| arguments.len() == 1).and_then(text);
    match &reason {
        None => mistakes.at(expr, format!("the reason is one string: {form}")),
        Some(reason) if reason.value().trim().is_empty() => {
            mistakes.at(reason, format!("the reason is empty: say {form}"));
        }
        Some(_) => {}
    }
    Some((verdict, reason))
}

/// Judges the entries of `pass(..)`, an argument called `pass`.
pub fn pass(argument: &Ident, entries: Entries, mistakes: &mut Mistakes) -> Vec<Verdict> {
    let is_passing = |class| class == Class::Passing;
    if entries.list.is_empty() && entries.mistakes.is_empty() {
        let accepted = listed(&names(is_passing));
        mistakes.at(argument, format!("nothing would pass: name at least one verdict (accepted: {accepted})"));
    }
    mistakes.join(entries.mistakes);
    let mut given = HashSet::new();
    let mut pass = Vec::new();
    for Entry { key, value } in entries.list {
        let (Key::Name(name), Value::Absent) = (&key, &value) else {
            let accepted = listed(&names(is_passing));
            mistakes.at(key, format!("`pass` holds bare names: `pass(recovered)` (accepted: {accepted})"));
            continue;
        };
        let Some((verdict, _)) = named(name, is_passing, "passing verdict", mistakes) else {
            continue;
        };
        if !given.insert(verdict.variant) {
            mistakes.at(name, format!("`{name}` is given twice: keep one"));
        }
        pass.push(verdict);
    }
    pass
}

/// Finds the verdict called `name` among the accepted ones.
fn named(name: &Ident, accepts: fn(Class) -> bool, what: &str, mistakes: &mut Mistakes) -> Option<(Verdict, Class)> {
    let text = name.to_string();
    let accepted = names(accepts);
    match VERDICTS.iter().find(|(known, ..)| *known == text) {
        Some((_, variant, class)) if accepts(*class) => {
            let span = name.span();
            Some((Verdict { variant, span }, *class))
        }
        Some(_) => {
            mistakes.at(name, format!("`{text}` is not a {what} (accepted: {})", listed(&accepted)));
            None
        }
        None => {
            let hint = nearest(&text, &accepted).map_or(String::new(), |near| format!(", did you mean `{near}`?"));
            mistakes.at(name, format!("unknown {what} `{text}`{hint} (accepted: {})", listed(&accepted)));
            None
        }
    }
}

fn names(accepts: fn(Class) -> bool) -> Vec<&'static str> {
    VERDICTS.iter().filter(|(.., class)| accepts(*class)).map(|(name, ..)| *name).collect()
}
