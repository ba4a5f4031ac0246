use std::collections::HashSet;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, ExprGroup, ExprLit, ExprPath, Lit, LitStr, Path};

use super::suggest::nearest;
use super::value_of;
use crate::mistakes::Mistakes;
use crate::parse::{Entries, Key};

pub fn layer(expr: &Expr, mistakes: &mut Mistakes) {
    let Some(text) = text(expr) else {
        return mistakes.at(expr, "the layer is a string: `layer = \"replay\"`");
    };
    let layer = text.value();
    match layer.as_str() {
        "replay" => {}
        "mock" | "eval" | "judge" => {
            let message = format!("the layer `{layer}` is designed but not in this version: use `replay`");
            mistakes.at(text, message);
        }
        _ => {
            let hint = nearest(&layer, &["replay"]).map_or("", |_| ", did you mean `replay`?");
            mistakes.at(text, format!("unknown layer `{layer}`{hint} (accepted: `replay`)"));
        }
    }
}

pub fn cassette(expr: &Expr, mistakes: &mut Mistakes) -> Option<LitStr> {
    let Some(text) = text(expr) else {
        mistakes.at(expr, "the cassette is a string: `cassette = \"cassettes/name.json\"`");
        return None;
    };
    let path = text.value();
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.contains('\\') {
        mistakes.at(&text, "folders are separated with `/`, on every system");
    }
    if path.starts_with(['/', '\\']) || drive {
        mistakes.at(&text, "the cassette's path is relative to the crate's folder: `cassettes/name.json`");
    }
    if path.split(['/', '\\']).any(|component| component == "..") {
        mistakes.at(&text, "the cassette stays inside the crate's folder: leave out `..`");
    }
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.strip_suffix(".json").is_none_or(str::is_empty) {
        mistakes.at(&text, "the cassette is a file whose name ends in `.json`");
    }
    Some(text)
}

pub fn upstreams(entries: Entries, mistakes: &mut Mistakes) -> Vec<(Ident, Expr)> {
    let mut names = HashSet::new();
    let mut upstreams = Vec::new();
    mistakes.join(entries.mistakes);
    for entry in entries.list {
        let Some((key, expr)) = value_of(entry, "name = \"https://...\"", mistakes) else {
            continue;
        };
        let Key::Name(ident) = key else {
            mistakes.at(key, "the name of an upstream goes without quotes: `records = \"https://...\"`");
            continue;
        };
        let name = ident.unraw().to_string();
        if !is_snake_case(&name) {
            mistakes.at(&ident, format!("the upstream `{name}` is not in snake_case: use a-z, 0-9 and `_`"));
        }
        if let Some(address) = text(&expr)
            && !["http://", "https://"].iter().any(|scheme| address.value().starts_with(scheme))
        {
            mistakes.at(address, "an upstream starts with `http://` or `https://`");
        }
        if !names.insert(name.clone()) {
            mistakes.at(&ident, format!("the upstream `{name}` is given twice: keep one"));
        }
        upstreams.push((ident, expr));
    }
    upstreams
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

pub fn array(expr: Expr, form: &str, mistakes: &mut Mistakes) -> Option<Vec<Expr>> {
    match ungrouped(expr) {
        Expr::Array(array) => Some(array.elems.into_iter().collect()),
        other => {
            mistakes.at(other, format!("a list goes in brackets: `{form}`"));
            None
        }
    }
}

/// Calls over HTTP: `POST /v1/search`.
pub fn calls(expr: Expr, form: &str, mistakes: &mut Mistakes) -> Vec<LitStr> {
    let mut calls = Vec::new();
    for element in array(expr, form, mistakes).unwrap_or_default() {
        let Some(text) = text(&element) else {
            mistakes.at(element, "a call is a string: `\"POST /v1/search\"`");
            continue;
        };
        let call = text.value();
        match call.split_once(' ') {
            None if call.starts_with('/') => {
                mistakes.at(&text, format!("the method is missing: for example `\"POST {call}\"`"));
            }
            Some((method, path)) if is_path(path) && is_method(&method.to_uppercase()) => {
                if !is_method(method) {
                    let upper = method.to_uppercase();
                    mistakes.at(&text, format!("a method is upper-case: `\"{upper} {path}\"`"));
                }
            }
            _ => mistakes.at(&text, "a call is a method, a space and a path: `\"POST /v1/search\"`"),
        }
        calls.push(text);
    }
    calls
}

/// The names of channels.
pub fn channels(expr: Expr, form: &str, mistakes: &mut Mistakes) -> Vec<LitStr> {
    let mut channels = Vec::new();
    for element in array(expr, form, mistakes).unwrap_or_default() {
        match text(&element) {
            Some(text) => channels.push(text),
            None => mistakes.at(element, "a channel is a string: `\"orders\"`"),
        }
    }
    channels
}

fn is_method(method: &str) -> bool {
    !method.is_empty() && method.chars().all(|c| c.is_ascii_uppercase() || c == '-')
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.contains(char::is_whitespace)
}

pub fn path(expr: &Expr, mistakes: &mut Mistakes) -> Option<Path> {
    if let Expr::Path(ExprPath { qself: None, path, .. }) = expr
        && path.segments.iter().all(|segment| segment.arguments.is_none())
    {
        return Some(path.clone());
    }
    mistakes.at(expr, "`crate` is a path without quotes: `crate = path::to::checkagent`");
    None
}

/// The name that `expr` consists of.
pub fn name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Group(ExprGroup { expr, .. }) => name(expr),
        Expr::Path(ExprPath { qself: None, path, .. }) => path.get_ident(),
        _ => None,
    }
}

/// The string literal that `expr` consists of.
pub fn text(expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Group(ExprGroup { expr, .. }) => text(expr),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    }
}

/// What a `macro_rules` fragment such as `$list:expr` stands for.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}
