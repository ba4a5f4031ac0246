//! Who answers for a model: `model = gullible`.

use proc_macro2::Ident;
use syn::{Expr, ExprCall};

use super::suggest::{listed, nearest};
use super::value::name;
use crate::mistakes::Mistakes;

/// Who answers for a model, and where.
pub struct Model {
    pub stand_in: StandIn,
    /// From the first request on, also where the recording has an answer: `replaced(..)`.
    pub replaced: bool,
}

/// The stand-in that a test asks for.
pub enum StandIn {
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

/// Reads the value of `model`.
pub fn model(expr: Expr, mistakes: &mut Mistakes) -> Model {
    let (expr, replaced) = without(expr, "replaced");
    if replaced && name(&expr).is_some_and(|name| name == "branch") {
        let message = "a branch is what the recorded model said: replace the model by a stand-in, \
                       as in `model = replaced(gullible)`";
        mistakes.at(&expr, message);
    }
    Model { stand_in: stand_in(expr, mistakes), replaced }
}

/// What is no known name is an expression, and the compiler says whether it fits; but a constant has capitals.
fn stand_in(expr: Expr, mistakes: &mut Mistakes) -> StandIn {
    if let Some(ident) = name(&expr) {
        let known = STAND_INS.iter().find(|(known, _)| ident == known);
        if let Some((_, variant)) = known {
            return StandIn::Named(variant, ident.clone());
        }
        let text = ident.to_string();
        if !text.contains(char::is_uppercase) {
            let names = STAND_INS.map(|(name, _)| name);
            let hint = nearest(&text, &names).map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            mistakes.at(ident, format!("unknown stand-in `{text}`{hint} (accepted: {})", listed(&names)));
        }
    }
    match without(expr, "script") {
        (function, true) => StandIn::Script(function),
        (expr, false) => StandIn::Other(expr),
    }
}

/// The argument of `function(argument)`, and whether it is that; else the expression as it is.
fn without(expr: Expr, function: &str) -> (Expr, bool) {
    match expr {
        Expr::Call(ExprCall { func, args, .. })
            if args.len() == 1 && name(&func).is_some_and(|name| name == function) =>
        {
            args.into_iter().next().map_or_else(|| unreachable!("one argument"), |argument| (argument, true))
        }
        other => (other, false),
    }
}
