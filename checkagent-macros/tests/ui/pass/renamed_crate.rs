//! `crate = path` resolves where it is written, and nothing needs `::checkagent` then.
#![deny(warnings)]

#[path = "../../standin/mod.rs"]
mod standin;

mod reexport {
    pub(crate) use super::standin as agents;
}

mod absolute {
    use crate::standin::agent_test;

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [rate_limit()], crate = crate::reexport::agents)]
    async fn absolute(_: crate::standin::World) -> Result<(), ()> {
        Ok(())
    }
}

mod local {
    use crate::reexport;
    use crate::standin::agent_test;

    #[agent_test(layer = "replay", cassette = "x.json", mutations = [rate_limit()], crate = reexport::agents)]
    async fn local(_: reexport::agents::World) -> Result<(), ()> {
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "x.json", expect(timeout = hung("slow")), crate = super::standin)]
    async fn above(_: reexport::agents::World) -> Result<(), ()> {
        Ok(())
    }
}

fn main() {
    assert_eq!(standin::__private::calls("absolute")[1], "mutations built-in rate_limit");
    assert_eq!(standin::__private::calls("local")[1], "mutations built-in rate_limit");
    assert_eq!(standin::__private::calls("above")[1], "expect timeout Hung Some(\"slow\")");
}
