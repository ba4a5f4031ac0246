//! The expansion under libtest, in a crate that takes no warnings.
#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic)]

extern crate self as checkagent;
mod standin;

use std::process::Command;

use standin::{__private, Plan, VerdictKind, World, mutation};

mod agents {
    use crate::standin::{World, agent_test};

    /// Refunds.
    #[agent_test(layer = "replay", cassette = "cassettes/refund.json", mutations = [rate_limit(), super::own()])]
    async fn refund(_: World) -> Result<u32, String> {
        std::future::ready(Ok(1)).await
    }

    #[agent_test(
        layer = "replay",
        cassette = "cassettes/refund.json",
        expect("timeout@2" = silently_wrong("issue 12")),
        pass(recovered, adapted),
    )]
    #[ignore = "takes long"]
    async fn long(_: World) -> Result<u32, String> {
        std::future::ready(Ok(1)).await
    }
}

mod same {
    use crate::standin::{World, agent_test};

    #[agent_test(layer = "replay", cassette = "cassettes/refund.json")]
    async fn same(world: World) -> Result<u32, String> {
        let World = world;
        std::future::ready(Ok(1)).await
    }
}

mod agent {
    use crate::standin::{World, agent_test};

    #[agent_test(layer = "replay", cassette = "cassettes/refund.json", upstream(a = "http://a"), goal = |a, b| a == b)]
    pub async fn agent(_: World) -> Result<u32, String> {
        std::future::ready(Ok(1)).await
    }

    #[allow(non_snake_case, reason = "the name is what is tested")]
    #[agent_test(layer = "replay", cassette = "cassettes/refund.json")]
    pub async fn Agent(_: World) -> Result<u32, String> {
        std::future::ready(Ok(1)).await
    }
}

fn own() -> impl mutation::Operator {
    "own"
}

/// Runs this test binary, and gives the lines that it prints about agent tests.
fn agent_tests(arguments: &[&str]) -> Vec<String> {
    let binary = std::env::current_exe().expect("a test has a binary");
    let output = Command::new(binary).args(arguments).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    text.lines().filter(|line| line.contains("agents::")).map(str::to_owned).collect()
}

#[test]
fn a_test_has_the_name_of_its_function_and_layer() {
    let listed = agent_tests(&["--list", "--format=terse"]);
    assert_eq!(listed, ["agents::long::replay: test", "agents::refund::replay: test"]);
}

#[test]
fn ignore_is_passed_on_with_its_reason() {
    let run = agent_tests(&["agents::", "--test-threads=1"]);
    assert_eq!(run, ["test agents::long::replay ... ignored, takes long", "test agents::refund::replay ... ok"]);
}

#[test]
fn a_plan_knows_where_it_comes_from() {
    let plans: Vec<Plan> =
        inventory::iter::<__private::Registration>.into_iter().map(|registration| (registration.plan)()).collect();
    let plan = plans.iter().find(|plan| plan.source.function == "refund").expect("it is registered");
    assert_eq!(plan.source.module, "expansion::agents::refund");
    let line = include_str!("expansion.rs").lines().position(|line| line.trim().starts_with("#[agent_test("));
    assert_eq!(Some(plan.source.line as usize), line.map(|index| index + 1));
    assert_eq!(std::path::Path::new(plan.source.file).file_name().unwrap(), "expansion.rs");
    assert_eq!(plan.source.manifest_dir, env!("CARGO_MANIFEST_DIR"));
    assert_eq!(plan.calls, ["cassette cassettes/refund.json", "mutations built-in rate_limit own"]);
}
