use quote::{ToTokens, quote};

use super::*;

/// What was read, one line for each argument and entry, and the mistakes.
fn read(tokens: TokenStream) -> (Vec<String>, Vec<String>) {
    let mut lines = Vec::new();
    let Arguments { list, mut mistakes } = arguments(tokens);
    for Argument { name, value } in list {
        match value {
            Value::Entries(entries) => {
                mistakes.join(entries.mistakes);
                lines.push(format!("{name}(..)"));
                lines.extend(entries.list.into_iter().map(|entry| {
                    let key = entry.key.to_token_stream().to_string();
                    format!("  {}", line(&key, &entry.value))
                }));
            }
            value => lines.push(line(&name.to_string(), &value)),
        }
    }
    let mistakes = match mistakes.or(()) {
        Ok(()) => Vec::new(),
        Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
    };
    (lines, mistakes)
}

fn line(key: &str, value: &Value) -> String {
    match value {
        Value::Expr(expr) => format!("{key} = {}", expr.to_token_stream()),
        Value::Entries(_) => format!("{key}(..)"),
        Value::Absent => key.to_owned(),
        Value::Unreadable => format!("{key} ?"),
    }
}

#[test]
fn each_form_of_an_argument_is_read() {
    let (lines, mistakes) = read(quote! {
        layer = "replay",
        upstream(records = "http://a", type = address()),
        expect(rate_limit = recovered, "timeout@2" = hung("slow")),
        pass(recovered, adapted),
        goal = |a, b| same::<A, B>(a, b),
        crate = crate::agents,
    });
    assert_eq!(mistakes, [""; 0]);
    assert_eq!(
        lines,
        [
            "layer = \"replay\"",
            "upstream(..)",
            "  records = \"http://a\"",
            "  type = address ()",
            "expect(..)",
            "  rate_limit = recovered",
            "  \"timeout@2\" = hung (\"slow\")",
            "pass(..)",
            "  recovered",
            "  adapted",
            "goal = | a , b | same :: < A , B > (a , b)",
            "crate = crate :: agents",
        ]
    );
}

#[test]
fn nonsense_is_read_without_a_word() {
    let (lines, mistakes) = read(quote! { retries = 3, retries = 4, layer("x"), mutations });
    assert_eq!(mistakes, [""; 0]);
    assert_eq!(lines[..2], ["retries = 3", "retries = 4"]);
    assert_eq!(lines[2..4], ["layer(..)", "  \"x\""]);
    assert_eq!(lines[4], "mutations");
}

#[test]
fn reading_goes_on_after_what_cannot_be_read() {
    let (lines, mistakes) = read(quote! {
        goal = |a, b|,
        expect(timeout@2 = recovered, rate_limit = , timeout: hung, reset = adapted),
        reads "x",
        layer = "replay" cassette = "x.json",
        5,
        , pass(adapted)
    });
    assert_eq!(
        lines,
        [
            "goal ?",
            "expect(..)",
            "  rate_limit ?",
            "  timeout ?",
            "  reset = adapted",
            "reads ?",
            "layer = \"replay\"",
            "cassette = \"x.json\"",
            "pass(..)",
            "  adapted",
        ]
    );
    assert_eq!(
        mistakes,
        [
            "expected an expression",
            "expected `=` or `,`",
            "expected `,`",
            "expected an argument such as `layer = \"replay\"`",
            "the name of a case goes in quotes: `\"timeout@1\" = ...`",
            "expected an expression",
            "expected `=` or `,`",
        ]
    );
}

#[test]
fn attributes_about_tests_are_kept_apart() {
    let Item::Function(function) = item(quote! {
        #[doc = "Refunds."]
        #[ignore = "slow"]
        #[tokio::test]
        #[allow(unused)]
        pub async fn refund(world: World) -> T { syntax of the year 2040 }
    }) else {
        panic!("it is a function");
    };
    assert_eq!(function.attributes.len(), 2);
    assert_eq!(function.test_attributes.len(), 2);
    assert_eq!(
        function.to_token_stream().to_string(),
        quote! {
            #[doc = "Refunds."]
            #[allow(unused)]
            pub async fn refund(world: World) -> T { syntax of the year 2040 }
        }
        .to_string()
    );
}

#[test]
fn what_is_not_a_function_is_pointed_at_without_its_attributes() {
    let Item::Other { start, all } = item(quote! { #[derive(Debug)] pub struct Agent; }) else {
        panic!("it is not a function");
    };
    assert_eq!(start.to_string(), "struct Agent ;");
    assert!(all.to_string().ends_with("pub struct Agent ;"));
}

#[test]
fn an_item_with_mistakes_comes_out_without_follow_up_errors() {
    let quiet = item(quote! { #[test] const fn refund(world: World) { agent().await } }).quiet();
    assert_eq!(quiet.to_string(), quote! { async fn refund(world: World) { agent().await } }.to_string());
}
