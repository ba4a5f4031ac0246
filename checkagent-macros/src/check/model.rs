//! Who answers for a model: `model = gullible`.

use proc_macro2::Ident;
use syn::{Expr, ExprCall};

use super::value::name;

/// The stand-in that a test asks for.
pub enum Model {
    /// A built-in one, by the name of its variant.
    Named(&'static str, Ident),
    /// `script(function)`.
    Script(Expr),
    /// Anything else that is one.
    Other(Expr),
}

const STAND_INS: [(&str, &str); 8] = [
    // A branch is taken wherever there is one; where there is none, this answers.
    ("branch", "Oblivious"),
    ("oblivious", "Oblivious"),
    ("gullible", "Gullible"),
    ("fabricator", "Fabricator"),
    ("stubborn", "Stubborn"),
    ("invalid", "Invalid"),
    ("quitter", "Quitter"),
    ("stop", "Stop"),
];

/// Reads the value of `model`. What is no known name is an expression, and the compiler says whether it fits.
pub fn model(expr: Expr) -> Model {
    if let Some(ident) = name(&expr) {
        let known = STAND_INS.iter().find(|(known, _)| ident == known);
        if let Some((_, variant)) = known {
            return Model::Named(variant, ident.clone());
        }
    }
    match expr {
        Expr::Call(ExprCall { func, args, .. })
            if args.len() == 1 && name(&func).is_some_and(|name| name == "script") =>
        {
            args.into_iter().next().map_or_else(|| unreachable!("one argument"), Model::Script)
        }
        other => Model::Other(other),
    }
}
