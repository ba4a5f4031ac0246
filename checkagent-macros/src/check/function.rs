use quote::ToTokens;
use syn::{Attribute, Meta, ReturnType, Safety, Signature};

use super::value::text;
use crate::mistakes::Mistakes;
use crate::parse::Function;

const FORM: &str = "`async fn name(world: World) -> T`";

/// `#[ignore]` as it is passed on to the test.
pub struct Ignore {
    pub attribute: Attribute,
    pub reason: String,
}

/// Judges the function, and gives its `#[ignore]`.
pub fn judge(function: &Function, mistakes: &mut Mistakes) -> Option<Ignore> {
    let ignore = test_attributes(&function.test_attributes, mistakes);
    let Signature { constness, asyncness, safety, abi, fn_token, ident, generics, .. } = &function.signature;
    if asyncness.is_none() {
        mistakes.at(fn_token, format!("`async` is missing: an agent test is {FORM}"));
    }
    let mut superfluous = |tokens: &dyn ToTokens, what: &str| {
        mistakes.at(tokens, format!("remove {what}: an agent test is {FORM}"));
    };
    if let Some(constness) = constness {
        superfluous(constness, "`const`");
    }
    match safety {
        Safety::Default => {}
        Safety::Unsafe(token) => superfluous(token, "`unsafe`"),
        Safety::Safe(token) => superfluous(token, "`safe`"),
    }
    if let Some(abi) = abi {
        superfluous(abi, "`extern`");
    }
    if !generics.params.is_empty() {
        superfluous(generics, "the generics");
    }
    if let Some(clause) = &generics.where_clause {
        superfluous(clause, "the `where` clause");
    }
    parameters(&function.signature, mistakes);
    if let ReturnType::Default = function.signature.output {
        mistakes.at(ident, "the return type is missing: add `-> T`, the answer of the agent");
    }
    if function.body.to_string() == ";" {
        mistakes.at(&function.body, "the body is missing: call the agent and return its answer");
    }
    ignore
}

fn parameters(signature: &Signature, mistakes: &mut Mistakes) {
    let inputs = &signature.inputs;
    if let Some(receiver) = signature.receiver() {
        mistakes.at(receiver, "an agent test is a free function: take `world: World` instead of `self`");
    } else if inputs.is_empty() && signature.variadic.is_none() {
        mistakes.at(&signature.ident, format!("the world is missing: an agent test is {FORM}"));
    }
    for superfluous in inputs.iter().skip(1) {
        let message = "an agent test takes the world and nothing else: remove this parameter";
        mistakes.at(superfluous, message);
    }
    if let Some(variadic) = &signature.variadic {
        mistakes.at(variadic, "an agent test takes the world and nothing else: remove `...`");
    }
}

fn test_attributes(attributes: &[Attribute], mistakes: &mut Mistakes) -> Option<Ignore> {
    let mut ignore = None;
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("should_panic") {
            mistakes.at(
                attribute,
                "one test is many cases: remove `#[should_panic]` and name the case that may panic, \
                 as in `expect(\"timeout@2\" = panicked(\"why this is tolerated\"))`",
            );
        } else if !path.is_ident("ignore") {
            let path = path.to_token_stream().to_string().replace(' ', "");
            let message = format!("remove `#[{path}]`: `#[agent_test]` makes the test and runs it");
            mistakes.at(attribute, message);
        } else if ignore.is_some() {
            mistakes.at(attribute, "`#[ignore]` is given twice: keep one");
        } else if let Some(reason) = reason(&attribute.meta) {
            ignore = Some(Ignore { attribute: attribute.clone(), reason });
        } else {
            mistakes.at(attribute, "write `#[ignore]` or `#[ignore = \"reason\"]`");
        }
    }
    ignore
}

fn reason(ignore: &Meta) -> Option<String> {
    match ignore {
        Meta::Path(_) => Some(String::new()),
        Meta::NameValue(reason) => text(&reason.value).map(|text| text.value()),
        Meta::List(_) => None,
    }
}
