use std::fmt::Display;
use std::mem;

use quote::ToTokens;
use syn::{Error, Result};

/// All that is wrong with one use of the attribute, in the order in which it was found.
#[derive(Default)]
pub struct Mistakes {
    error: Option<Error>,
}

impl Mistakes {
    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.error.is_none()
    }

    /// Adds a mistake that is already located.
    pub fn add(&mut self, error: Error) {
        self.error = Some(mem::take(self).and(error));
    }

    /// Adds a mistake at `tokens`.
    pub fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(tokens, message));
    }

    /// Adds the mistakes that `others` has collected.
    pub fn join(&mut self, others: Self) {
        if let Some(error) = others.error {
            self.add(error);
        }
    }

    /// All mistakes, of which `last` is one.
    pub fn and(self, last: Error) -> Error {
        match self.error {
            Some(mut first) => {
                first.combine(last);
                first
            }
            None => last,
        }
    }

    /// Gives `value` if nothing is wrong.
    pub fn or<T>(self, value: T) -> Result<T> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}
