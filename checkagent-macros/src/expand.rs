//! Writes what goes beside the function.
//!
//! The user's expressions stand in an `impl` next to the function, not inside the generated module: there `self::`,
//! `super::` and `crate = local::path` mean what they mean where they are written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, FnArg, Path, ReturnType, Signature};

use crate::check::{AgentTest, Expectation, Settings, StandIn, Verdict};

/// Writes the function as it was, and its plan, registration and test beside it.
pub fn expand(test: &AgentTest) -> TokenStream {
    let function = test.function;
    let name = &function.signature.ident;
    let function_name = name.unraw().to_string();
    let krate = Krate(test.settings.krate.as_ref());
    let settings = settings(&test.settings, krate);
    let run = run(&function.signature, krate);
    let ignored = test.ignore.iter().map(|ignore| &ignore.reason);
    let ignore = test.ignore.iter().map(|ignore| &ignore.attribute);
    // At the function's name, so that a clash of names is shown there.
    let agent_test = Ident::new("AgentTest", name.span());
    let content = quote! {
        pub(super) enum #agent_test {}

        impl #agent_test {
            pub(super) const MODULE: &::core::primitive::str = ::core::module_path!();
        }

        #[::core::prelude::v1::test]
        #(#ignore)*
        fn replay() {
            #agent_test::replay();
        }
    };
    let module = quote_spanned! { name.span()=> mod #name { #content } };
    quote! {
        #function

        #[doc(hidden)]
        #[allow(non_snake_case, clippy::module_inception)]
        #module

        impl #name::#agent_test {
            fn plan() -> #krate::Plan {
                #krate::Plan::new(
                    #krate::__private::Source {
                        module: Self::MODULE,
                        function: #function_name,
                        file: ::core::file!(),
                        line: ::core::line!(),
                        manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                    },
                    Self::run,
                    Self::snapshot,
                )
                #settings
                #(.ignore(#ignored))*
            }

            #run

            // Expanded here, because insta files a snapshot under the crate that calls it.
            fn snapshot(name: &::core::primitive::str, text: &::core::primitive::str) {
                #krate::__private::assert_snapshot!(name, text)
            }

            // Called by the `#[test]`, which is there only in test builds.
            #[allow(dead_code)]
            fn replay() {
                #krate::__private::run_as_test(Self::plan)
            }
        }

        #krate::__private::inventory::submit! {
            #krate::__private::Registration { plan: #name::#agent_test::plan }
        }
    }
}

/// Where `checkagent` is.
#[derive(Clone, Copy)]
struct Krate<'a>(Option<&'a Path>);

impl Krate<'_> {
    /// The path for a call that is to be shown at `span` when it does not fit.
    fn at(self, span: Span) -> TokenStream {
        self.0.map_or_else(|| quote_spanned! { span=> ::checkagent }, ToTokens::to_token_stream)
    }
}

impl ToTokens for Krate<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.at(Span::call_site()));
    }
}

fn settings(settings: &Settings, krate: Krate) -> TokenStream {
    let Settings { cassette, reads, effects, live, .. } = settings;
    let upstreams = settings.upstreams.iter().map(|(name, address)| {
        let text = name.unraw().to_string();
        quote_spanned! { name.span()=> .upstream(#text, #address) }
    });
    let mutations = settings.mutations.iter().map(|list| mutations(list, krate));
    let expectations = settings.expectations.iter().map(|Expectation { key, verdict, reason }| {
        let verdict = variant(verdict, krate);
        let none = quote! { ::core::option::Option::None };
        let reason = reason.as_ref().map_or(none, |reason| quote! { ::core::option::Option::Some(#reason) });
        quote! { .expect_verdict(#key, #verdict, #reason) }
    });
    let pass: Vec<_> = settings.pass.iter().map(|verdict| variant(verdict, krate)).collect();
    let pass = (!pass.is_empty()).then(|| quote! { .pass_only([#(#pass),*]) });
    let model = settings.model.as_ref().map(|model| {
        let method = if model.replaced { "replace_model" } else { "model" };
        let call = |span: Span, stand_in: &dyn ToTokens| {
            let method = Ident::new(method, span);
            quote_spanned! { span=> .#method(#stand_in) }
        };
        match &model.stand_in {
            StandIn::Named(variant, name) => {
                let variant = Ident::new(variant, name.span());
                call(Span::call_site(), &quote! { #krate::StandIn::#variant })
            }
            StandIn::Script(function) => {
                let krate = krate.at(function.span());
                let script = quote_spanned! { function.span()=> #krate::StandIn::script(#function) };
                call(function.span(), &script)
            }
            StandIn::Other(expr) => call(expr.span(), expr),
        }
    });
    let strict = settings.strict.then(|| quote! { .strict() });
    let expressions = settings.expressions.iter().map(|(name, expr)| quote_spanned! { name.span()=> .#name(#expr) });
    quote! {
        .cassette(#cassette)
        #(#upstreams)*
        #(.mutations(#mutations))*
        #(#expectations)*
        #pass
        #(.read(#reads))*
        #(.effect(#effects))*
        #(.live(#live))*
        #model
        #strict
        #(#expressions)*
    }
}

fn variant(verdict: &Verdict, krate: Krate) -> TokenStream {
    let variant = Ident::new(verdict.variant, verdict.span);
    quote! { #krate::VerdictKind::#variant }
}

/// The list of operators. What is in scope around the function stands in the inner block and so wins over the built-in
/// names of the outer one; two globs side by side would be ambiguous.
fn mutations(list: &[Expr], krate: Krate) -> TokenStream {
    if list.is_empty() {
        return quote! { #krate::mutation::Mutations::new() };
    }
    let operators = Ident::new("operators", Span::mixed_site());
    let add = list.iter().map(|expr| {
        let krate = krate.at(expr.span());
        quote_spanned! { expr.span()=> #krate::mutation::IntoMutations::add_to(#expr, &mut #operators); }
    });
    quote! {{
        #[allow(unused_imports)]
        use #krate::mutation::builtin::*;
        {
            #[allow(unused_imports)]
            use self::*;
            let mut #operators = #krate::mutation::Mutations::new();
            #(#add)*
            #operators
        }
    }}
}

/// Calls the function. A world or an answer of the wrong type shows in the signature, where it is written.
fn run(signature: &Signature, krate: Krate) -> TokenStream {
    let name = &signature.ident;
    let world = match signature.inputs.first() {
        Some(FnArg::Typed(parameter)) => parameter.ty.span(),
        _ => Span::call_site(),
    };
    let world = Ident::new("world", world);
    let answer = match &signature.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => Span::call_site(),
    };
    let into_answer = {
        let krate = krate.at(answer);
        quote_spanned! { answer=> #krate::__private::into_answer }
    };
    let answer = Ident::new("answer", answer);
    quote! {
        fn run(#world: #krate::World) -> #krate::__private::AnswerFuture {
            ::std::boxed::Box::pin(async move {
                let #answer = #name(#world).await;
                #into_answer(#answer)
            })
        }
    }
}
