//! Who answers for a model, and where.
#![forbid(unsafe_code)]
#![deny(warnings)]

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
use standin::*;

mod agents {
    use checkagent::{StandIn, World, agent_test};

    fn own() -> StandIn {
        StandIn::Stop
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = gullible, strict, live = ["orders"])]
    async fn named(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = branch)]
    async fn branch(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = script(|turn| turn + 1))]
    async fn script(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = own())]
    async fn other(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = replaced(quitter))]
    async fn replaced_by_name(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = replaced(script(|turn| turn + 2)))]
    async fn replaced_by_script(_: World) -> Result<(), String> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "c/x.json", model = replaced(self::own()))]
    async fn replaced_by_other(_: World) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    for (name, expected) in [
        ("named", &["model Gullible", "strict", "live orders"][..]),
        ("branch", &["model Oblivious"]),
        ("script", &["model Script(2)"]),
        ("other", &["model Stop"]),
        ("replaced_by_name", &["replace_model Quitter"]),
        ("replaced_by_script", &["replace_model Script(3)"]),
        ("replaced_by_other", &["replace_model Stop"]),
    ] {
        let mut calls: Vec<_> =
            __private::calls(name).into_iter().filter(|call| !call.starts_with("cassette")).collect();
        calls.sort_by_key(|call| !call.contains("model"));
        let mut expected = expected.to_vec();
        expected.sort_by_key(|call| !call.contains("model"));
        calls[1..].sort();
        expected[1..].sort();
        assert_eq!(calls, expected, "{name}");
    }
}
