//! Names of the standard library that mean something else in the user's module, and no prelude at all.
#![deny(warnings)]

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
use standin::*;

mod shadowed {
    #![no_implicit_prelude]
    #![allow(non_camel_case_types, unused_macros)]

    use ::checkagent::{World, agent_test};

    pub struct Result;
    pub struct Option;
    pub struct String;
    pub struct Vec;
    pub struct Box;
    pub struct Some;
    pub struct None;
    pub struct str;
    pub struct AgentTest;
    pub mod core {}
    pub mod std {}
    pub fn run() {}
    pub fn plan() {}
    pub fn snapshot() {}
    pub fn replay() {}

    macro_rules! env {
        () => {};
    }
    macro_rules! line {
        () => {};
    }

    fn operators() -> &'static ::core::primitive::str {
        "own operators"
    }

    #[agent_test(
        layer = "replay",
        cassette = "x.json",
        mutations = [operators(), rate_limit()],
        expect(rate_limit = recovered, timeout = hung("slow")),
        pass(recovered),
        reads = ["POST /v1/search"],
        goal = |a, b| a == b,
    )]
    #[ignore]
    async fn shadowed(_: World) -> ::core::result::Result<(), ()> {
        ::core::result::Result::Ok(())
    }
}

fn main() {
    let calls = __private::calls("shadowed");
    assert_eq!(calls[1], "mutations own operators built-in rate_limit");
}
