//! Compile tests: each mistake is reported at its token, with the fix.

#[test]
fn mistakes_are_reported_at_their_tokens() {
    let ui = trybuild::TestCases::new();
    ui.compile_fail("tests/ui/fail/*.rs");
    ui.pass("tests/ui/pass/*.rs");
}
