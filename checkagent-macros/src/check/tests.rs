use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::*;
use crate::parse;

fn mistakes_in(attribute: TokenStream, function: TokenStream) -> Vec<String> {
    let item = parse::item(function);
    match check(parse::arguments(attribute), &item) {
        Ok(_) => Vec::new(),
        Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
    }
}

fn mistakes(arguments: &TokenStream) -> Vec<String> {
    let attribute = quote! { layer = "replay", cassette = "cassettes/x.json", #arguments };
    mistakes_in(attribute, quote! { async fn refund(world: World) -> T {} })
}

#[test]
fn a_flawless_test_keeps_what_was_said() {
    let item = parse::item(quote! { #[ignore = "slow"] async fn refund(world: World) -> T {} });
    let arguments = parse::arguments(quote! {
        cassette = "cassettes/x.json",
        goal = same,
        expect(rate_limit = recovered, "timeout@2" = hung("issue 7")),
        pass(adapted),
        mutations = [],
        layer = "replay",
        upstream(records = address()),
    });
    let test = check(arguments, &item).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(test.ignore.unwrap().reason, "slow");
    let settings = test.settings;
    assert_eq!(settings.cassette.unwrap().value(), "cassettes/x.json");
    assert_eq!(settings.mutations.unwrap().len(), 0);
    assert_eq!(settings.upstreams[0].0, "records");
    assert_eq!(settings.expressions[0].1.to_token_stream().to_string(), "same");
    assert_eq!(settings.pass[0].variant, "Adapted");
    let [first, second] = &settings.expectations[..] else {
        panic!("two are expected");
    };
    assert_eq!((first.key.as_str(), first.verdict.variant), ("rate_limit", "Recovered"));
    assert!(first.reason.is_none());
    assert_eq!((second.key.as_str(), second.verdict.variant), ("timeout@2", "Hung"));
    assert_eq!(second.reason.as_ref().unwrap().value(), "issue 7");
}

#[test]
fn every_verdict_can_be_expected() {
    for (name, _, class) in verdict::VERDICTS {
        let name = Ident::new(name, Span::call_site());
        assert_eq!(mistakes(&quote! { expect(timeout = #name("because")) }), [""; 0]);
        let bare = mistakes(&quote! { expect(timeout = #name) });
        assert_eq!(bare.len(), usize::from(class == verdict::Class::Failing), "{name}");
        let pass = mistakes(&quote! { pass(#name) });
        assert_eq!(pass.len(), usize::from(class != verdict::Class::Passing), "{name}");
    }
}

#[test]
fn paths_that_leave_the_crate_are_refused() {
    for path in ["/x.json", "../x.json", "a/../../x.json", "C:/x.json", "a\\x.json", "x.yaml", ".json", "x/", ""] {
        let found = mistakes_in(
            quote! { layer = "replay", cassette = #path },
            quote! { async fn refund(world: World) -> T {} },
        );
        assert_eq!(found.len(), 1, "{path}: {found:?}");
    }
}

#[test]
fn calls_that_only_read_or_change_something_are_a_method_and_a_path() {
    for call in ["POST /v1/search", "M-SEARCH /", "GET /a%20b?c=d"] {
        assert_eq!(mistakes(&quote! { reads = [#call], effects = [#call] }), [""; 0]);
    }
    for call in ["post /a", "/a", "POST", "POST a", "POST  /a", "POST /a b", " /a", ""] {
        assert_eq!(mistakes(&quote! { reads = [#call] }).len(), 1, "{call}");
        assert_eq!(mistakes(&quote! { effects = [#call] }).len(), 1, "{call}");
    }
}

#[test]
fn mistakes_of_the_attribute_and_of_the_function_are_reported_together() {
    let found = mistakes_in(
        quote! { layer = "reply", retries = 3, cassette = , pass(misled) },
        quote! { #[should_panic] unsafe fn refund<T>() {} },
    );
    let expected = [
        "expected an expression",
        "unknown layer `reply`, did you mean `replay`?",
        "unknown argument `retries` (accepted",
        "`misled` is not a passing verdict",
        "one test is many cases: remove `#[should_panic]`",
        "`async` is missing",
        "remove `unsafe`",
        "remove the generics",
        "the world is missing",
        "the return type is missing",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_misspelt_argument_is_not_also_missing() {
    let found =
        mistakes_in(quote! { layr = "replay", casette = "x.json" }, quote! { async fn refund(world: World) -> T {} });
    assert_eq!(found.len(), 2);
    assert!(found[0].contains("did you mean `layer`?"));
    assert!(found[1].contains("did you mean `cassette`?"));
}

#[test]
fn a_suggestion_is_made_only_when_it_is_close() {
    let verdicts = ["recovered", "hung", "silently_wrong"];
    for (given, meant) in [
        ("recoverd", Some("recovered")),
        ("Recovered", Some("recovered")),
        ("SilentlyWrong", Some("silently_wrong")),
        ("hugn", Some("hung")),
        ("failed", None),
        ("", None),
        ("x", None),
    ] {
        assert_eq!(nearest(given, &verdicts), meant, "{given}");
    }
}
