//! `#[checkagent::test]`: a plain test that is not dropped where `harness = false`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit, Meta};

use crate::parse::{Function, Item};

/// Writes the function, its registration, and a `#[test]` for targets with the ordinary harness.
pub fn expand(attribute: &TokenStream, item: &Item) -> TokenStream {
    match judged(attribute, item) {
        Ok(function) => write(function),
        Err(error) => {
            let errors = error.into_compile_error();
            let item = match item {
                Item::Function(function) => quote! { #function },
                Item::Other { all, .. } => all.clone(),
            };
            quote! { #errors #item }
        }
    }
}

fn judged<'i>(attribute: &TokenStream, item: &'i Item) -> syn::Result<&'i Function> {
    let mistake = |tokens: &dyn quote::ToTokens, message: &str| Err(syn::Error::new_spanned(tokens, message));
    if !attribute.is_empty() {
        return mistake(attribute, "`#[checkagent::test]` takes no arguments");
    }
    let function = match item {
        Item::Function(function) => function,
        Item::Other { start, .. } => return mistake(start, "`#[checkagent::test]` stands on a function"),
    };
    let signature = &function.signature;
    if let Some(asyncness) = &signature.asyncness {
        return mistake(asyncness, "a plain test is not async; an agent's test is `#[agent_test(..)]`");
    }
    if !signature.inputs.is_empty() {
        return mistake(&signature.inputs, "a plain test takes no parameters");
    }
    if let Some(other) = function.test_attributes.iter().find(|attribute| !attribute.path().is_ident("ignore")) {
        return mistake(other, "`#[checkagent::test]` is the whole attribute; take this one off");
    }
    Ok(function)
}

fn write(function: &Function) -> TokenStream {
    let name = &function.signature.ident;
    let output = &function.signature.output;
    let ignore = &function.test_attributes;
    let ignored = function.test_attributes.first().map_or_else(
        || quote! { ::core::option::Option::None },
        |attribute| {
            let reason = reason(&attribute.meta);
            quote! { ::core::option::Option::Some(#reason) }
        },
    );
    let plain = Ident::new("PlainTest", name.span());
    quote! {
        #function

        #[doc(hidden)]
        #[allow(non_snake_case, clippy::module_inception)]
        mod #name {
            pub(super) enum #plain {}

            impl #plain {
                pub(super) const NAME: &::core::primitive::str = ::core::module_path!();
            }

            #[::core::prelude::v1::test]
            #(#ignore)*
            fn plain() #output {
                super::#name()
            }
        }

        ::checkagent::__private::inventory::submit! {
            ::checkagent::__private::PlainTest {
                name: #name::#plain::NAME,
                run: || ::checkagent::__private::PlainOutcome::into_result(#name()),
                ignored: #ignored,
            }
        }
    }
}

fn reason(meta: &Meta) -> String {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
