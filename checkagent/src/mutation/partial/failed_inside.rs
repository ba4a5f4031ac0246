//! A success that holds a failure.

use checkagent_cassette::Reply;
use checkagent_cassette::analysis::Refusal;

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A write that is refused inside a 200. See [`failed_inside`].
#[derive(Clone, Debug)]
pub struct FailedInside;

/// A GraphQL mutation is refused, and only the payload says so, where it has room for errors: `userErrors`, `errors`. The
/// HTTP status is that of a success, and there are no errors beside `data`. Nothing was done, and a retry is refused
/// again.
#[must_use]
pub fn failed_inside() -> FailedInside {
    FailedInside
}

impl Operator for FailedInside {
    fn id(&self) -> &'static str {
        "failed_inside"
    }

    fn family(&self) -> Family {
        Family::Partial
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "A write is refused, and only a list of errors inside the successful reply says so.",
            seen: "Shopify (userErrors), GitLab (errors)",
            source: "shopify.dev, interface DisplayableError; graphql-ruby.org, mutation errors",
            sites: "every single GraphQL mutation whose payload has such a list, and it is empty",
            good: "reads the list of errors, and does not report the write as done",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = recording.interactions().iter().filter(|each| recording.changed_something(each.number));
        let effects = effects.filter(|each| matches!(each.reply, Reply::Http(_)));
        let refusal = |number: usize| {
            let asked = recording.request_document(number)?;
            Refusal::read(&asked, || recording.reply_document(number))
        };
        let refusals = effects.filter_map(|each| Some((each.number, refusal(each.number)?)));
        refusals.map(|(number, refusal)| Site::at(number).pointer(refusal.at).rank(95)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let interaction = recording.interaction(site.interaction);
        let edits = Refusal::of(interaction).map(|refusal| refusal.edits).unwrap_or_default();
        let fault = match interaction.reply.edited(&edits) {
            Reply::Http(reply) => Fault::Reply(reply),
            Reply::Call(_) => Fault::Reset,
        };
        Bend::Fault { at: site.interaction, fault, times: u32::MAX }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::fixture::{Session, delivered, recording};

    fn writes() -> Arc<Recording> {
        let query = |name: &str| json!({"query": format!("mutation {{ {name}(n: 1) {{ product {{ id }} userErrors {{ message }} }} }}")});
        let payload = |name: &str| json!({"data": {name: {"product": {"id": "gid:1"}, "userErrors": []}}});
        recording(&[
            ("POST", "/graphql", query("productCreate"), payload("productCreate")),
            ("POST", "/graphql", query("productUpdate"), payload("productUpdate")),
        ])
    }

    #[test]
    fn payloads_with_room_for_errors_are_sites() {
        let names: Vec<_> = failed_inside().sites(&writes()).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["1:data.productCreate.userErrors", "2:data.productUpdate.userErrors"]);
    }

    #[test]
    fn queries_and_other_writes_are_none() {
        let exchanges = [
            (
                "POST",
                "/graphql",
                json!({"query": "{ a { userErrors { message } } }"}),
                json!({"data": {"a": {"userErrors": []}}}),
            ),
            ("POST", "/orders", json!({"a": 1}), json!({"id": 1, "errors": []})),
        ];
        assert!(failed_inside().sites(&recording(&exchanges)).is_empty());
    }

    #[test]
    fn the_write_is_refused_inside_a_success_and_again_when_it_is_repeated() {
        let ledger = delivered(&writes(), failed_inside);
        assert_eq!(ledger.effects_done(), [2]);
        let mut session = Session::first(&writes(), failed_inside());
        let query = writes().interaction(1).request.json().unwrap();
        for _ in 0..2 {
            let (status, reply) = session.ask("POST", "/graphql", query.clone());
            assert_eq!((status, &reply["data"]["productCreate"]["product"]), (200, &json!(null)));
            assert!(reply["data"]["productCreate"]["userErrors"][0]["message"].is_string());
        }
        assert!(session.ledger().effects_done().is_empty());
    }
}
