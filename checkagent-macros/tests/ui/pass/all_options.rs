//! All options together, in a crate that forbids what an expansion might be tempted to do.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub)]

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
#[allow(missing_docs, unreachable_pub)]
mod standin;
use standin::*;

mod agents {
    use checkagent::{World, agent_test, mutation::Operator};

    fn records_url() -> &'static str {
        "http://records.test"
    }

    fn own_operator() -> impl Operator {
        "own"
    }

    /// The refund agent.
    #[agent_test(
        layer = "replay",
        cassette = "cassettes/refund.json",
        upstream(payments = "https://payments.test", records = records_url(), local = self::records_url()),
        mutations = [rate_limit(), standard(), own_operator(), super::root_operator()],
        expect(
            rate_limit = recovered,
            "timeout@2" = silently_wrong("known, see issue 12"),
            timeout = misled("cross-check is planned"),
        ),
        pass(recovered, unaffected),
        reads = ["POST /v1/search", "M-SEARCH /devices"],
        effects = ["GET /v1/logout"],
        redact = "token",
        matching = 3,
        goal = |a, b| a.len() == b.len(),
        crate = checkagent,
    )]
    #[ignore = "takes long"]
    #[allow(clippy::unused_async)]
    pub(crate) async fn refund(_world: World) -> Result<u32, String> {
        Ok(1)
    }

    #[agent_test(layer = "replay", cassette = "cassettes/refund.json", mutations = [])]
    async fn baseline(mut world: World) -> Result<(), String> {
        let _ = &mut world;
        Ok(())
    }

    #[agent_test(layer = "replay", cassette = "cassettes/refund.json")]
    #[ignore]
    async fn r#match(World: World) -> Result<(), String> {
        Ok(())
    }
}

fn root_operator() -> impl mutation::Operator {
    "root"
}

fn main() {
    assert_eq!(
        __private::calls("refund"),
        [
            "cassette cassettes/refund.json",
            "upstream payments https://payments.test",
            "upstream records http://records.test",
            "upstream local http://records.test",
            "mutations built-in rate_limit built-in rate_limit built-in timeout own root",
            "expect rate_limit Recovered None",
            "expect timeout@2 SilentlyWrong Some(\"known, see issue 12\")",
            "expect timeout Misled Some(\"cross-check is planned\")",
            "pass [Recovered, Unaffected]",
            "read POST /v1/search",
            "read M-SEARCH /devices",
            "effect GET /v1/logout",
            "redact token",
            "matching 3",
            "goal true",
            "ignore \"takes long\"",
        ]
    );
    assert_eq!(__private::calls("baseline"), ["cassette cassettes/refund.json", "mutations "]);
    assert_eq!(__private::calls("match"), ["cassette cassettes/refund.json", "ignore \"\""]);
    for registration in __private::inventory::iter::<__private::Registration> {
        let source = (registration.plan)().source;
        assert_eq!(source.module.rsplit("::").nth(1), Some("agents"));
        assert!(source.module.ends_with(source.function), "{}", source.module);
        assert!(source.file.ends_with("all_options.rs"));
    }
}
