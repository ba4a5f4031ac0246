//! What is in scope around the function wins over the built-in operators, however it came into scope.
#![deny(warnings)]

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
use standin::*;

mod operators {
    pub fn rate_limit() -> &'static str {
        "own rate_limit"
    }

    pub fn timeout() -> &'static str {
        "own timeout"
    }
}

mod defined {
    use checkagent::{World, agent_test};

    fn rate_limit() -> &'static str {
        "defined here"
    }

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [rate_limit(), timeout()])]
    async fn defined(_: World) -> Result<(), ()> {
        Ok(())
    }
}

mod imported {
    use super::operators::timeout;
    use checkagent::{World, agent_test};

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [rate_limit(), timeout()])]
    async fn imported(_: World) -> Result<(), ()> {
        Ok(())
    }
}

mod by_glob {
    use super::operators::*;
    use checkagent::{World, agent_test};

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [rate_limit(), timeout()])]
    async fn by_glob(_: World) -> Result<(), ()> {
        Ok(())
    }
}

mod by_path {
    use super::operators;
    use checkagent::mutation::Operator;
    use checkagent::mutation::builtin::{self, *};
    use checkagent::{World, agent_test};
    use std::sync::Arc;

    #[agent_test(
        layer = "replay",
        cassette = "x.json",
        mutations = [
            operators::rate_limit(),
            builtin::timeout(),
            standard(),
            vec![Arc::new("in a list") as Arc<dyn Operator>],
        ],
    )]
    async fn by_path(_: World) -> Result<(), ()> {
        Ok(())
    }
}

mod of_the_same_name {
    use checkagent::{World, agent_test};

    macro_rules! operator {
        () => {
            "made by a macro"
        };
    }

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [timeout(), operator!()])]
    async fn rate_limit(_: World) -> Result<(), ()> {
        Ok(())
    }
}

fn main() {
    assert_eq!(__private::calls("defined")[1], "mutations defined here built-in timeout");
    assert_eq!(__private::calls("imported")[1], "mutations built-in rate_limit own timeout");
    assert_eq!(__private::calls("by_glob")[1], "mutations own rate_limit own timeout");
    assert_eq!(
        __private::calls("by_path")[1],
        "mutations own rate_limit built-in timeout built-in rate_limit built-in timeout in a list"
    );
    assert_eq!(__private::calls("rate_limit")[1], "mutations built-in timeout made by a macro");
}
