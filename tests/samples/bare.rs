//! A plain test where libtest is not.

#[checkagent::test]
fn seen() {}

#[test]
fn forgotten() {}

checkagent::main!();
