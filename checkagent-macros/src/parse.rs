//! Reads the attribute and the item without judging them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, LitStr, Result, Token, parenthesized, token};

use crate::mistakes::Mistakes;

mod item;
#[cfg(test)]
mod tests;

pub use item::{Function, Item, item};

/// The arguments of the attribute as they are written, and what could not be read of them.
pub struct Arguments {
    pub list: Vec<Argument>,
    pub mistakes: Mistakes,
}

/// `name`, `name = expr` or `name(entry, entry)`.
pub struct Argument {
    pub name: Ident,
    pub value: Value,
}

pub enum Value {
    Expr(Box<Expr>),
    Entries(Entries),
    Absent,
    /// Already reported as a syntax error.
    Unreadable,
}

/// What stands in the parentheses of an argument. Its mistakes matter only if there should be parentheses at all.
pub struct Entries {
    pub list: Vec<Entry>,
    pub mistakes: Mistakes,
}

/// `key` or `key = expr`.
pub struct Entry {
    pub key: Key,
    pub value: Value,
}

pub enum Key {
    Name(Ident),
    Text(LitStr),
}

impl ToTokens for Key {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Name(name) => name.to_tokens(tokens),
            Self::Text(text) => text.to_tokens(tokens),
        }
    }
}

/// Reads what is between the parentheses of `#[agent_test(..)]`.
pub fn arguments(tokens: TokenStream) -> Arguments {
    let mut mistakes = Mistakes::default();
    let parser = |input: ParseStream| Ok(elements(input, &mut mistakes, argument));
    let list = parser.parse2(tokens).unwrap_or_else(|error| {
        mistakes.add(error);
        Vec::new()
    });
    Arguments { list, mistakes }
}

type ReadOne<T> = fn(ParseStream, &mut Mistakes) -> Result<T>;

/// Reads a list that is separated by commas, and goes on after what it cannot read.
fn elements<T>(input: ParseStream, mistakes: &mut Mistakes, read_one: ReadOne<T>) -> Vec<T> {
    let mut list = Vec::new();
    while !input.is_empty() {
        match read_one(input, mistakes) {
            Ok(element) => list.push(element),
            Err(error) => {
                mistakes.add(error);
                skip(input);
            }
        }
        if input.is_empty() || input.parse::<Token![,]>().is_ok() {
            continue;
        }
        mistakes.add(input.error("expected `,`"));
        if !starts_element(input) {
            skip(input);
            let _: Result<Token![,]> = input.parse();
        }
    }
    list
}

fn argument(input: ParseStream, mistakes: &mut Mistakes) -> Result<Argument> {
    let name = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), "expected an argument such as `layer = \"replay\"`"))?;
    let value = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let mut mistakes = Mistakes::default();
        let list = elements(&content, &mut mistakes, entry);
        Value::Entries(Entries { list, mistakes })
    } else {
        value(input, mistakes)
    };
    Ok(Argument { name, value })
}

fn entry(input: ParseStream, mistakes: &mut Mistakes) -> Result<Entry> {
    let key = if input.peek(LitStr) {
        Key::Text(input.parse()?)
    } else {
        let name = input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), "expected a name"))?;
        if input.peek(Token![@]) {
            let message = format!("the name of a case goes in quotes: `\"{name}@1\" = ...`");
            return Err(input.error(message));
        }
        Key::Name(name)
    };
    let value = value(input, mistakes);
    Ok(Entry { key, value })
}

fn value(input: ParseStream, mistakes: &mut Mistakes) -> Value {
    if input.is_empty() || input.peek(Token![,]) {
        return Value::Absent;
    }
    if let Err(error) = input.parse::<Token![=]>() {
        mistakes.add(Error::new(error.span(), "expected `=` or `,`"));
        skip(input);
        return Value::Unreadable;
    }
    // On a fork, because a failed read leaves the position and the bookkeeping of groups undefined.
    let ahead = input.fork();
    match ahead.parse() {
        Ok(expr) => {
            input.advance_to(&ahead);
            Value::Expr(Box::new(expr))
        }
        Err(error) => {
            mistakes.add(error);
            skip(input);
            Value::Unreadable
        }
    }
}

/// Skips to the next comma that an element follows: `|a, b|` and `f::<A, B>()` hold commas of their own.
fn skip(input: ParseStream) {
    while !input.is_empty() {
        let ahead = input.fork();
        if ahead.parse::<Token![,]>().is_ok() && (ahead.is_empty() || starts_element(&ahead)) {
            return;
        }
        let _: Result<TokenTree> = input.parse();
    }
}

fn starts_element(input: ParseStream) -> bool {
    let ahead = input.fork();
    if ahead.parse::<LitStr>().is_err() && ahead.call(Ident::parse_any).is_err() {
        return false;
    }
    let is_whole = ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(Token![=]) || ahead.peek(token::Paren);
    let is_misspelt = ahead.peek(Token![@]) || ahead.peek(Token![:]) && !ahead.peek(Token![::]);
    is_whole || is_misspelt
}
