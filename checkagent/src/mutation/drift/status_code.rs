//! A success has another status.

use checkagent_cassette::{Body, Content, Fidelity, HttpReply, Interaction, Reply, Request};

use super::endpoints;
use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Another status of success, from the k-th reply on. See [`status_code`].
#[derive(Clone, Debug)]
pub struct StatusCode;

/// From the second reply of an endpoint on, an effect that succeeds says so with another status: 201 instead of 200, 202,
/// or 204 without the document that came before. It is done all the same.
#[must_use]
pub fn status_code() -> StatusCode {
    StatusCode
}

const OTHER: [(&str, u16); 3] = [("ok", 200), ("created", 201), ("accepted", 202)];
const NO_CONTENT: &str = "no_content";

impl Operator for StatusCode {
    fn id(&self) -> &'static str {
        "status_code"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, an effect that succeeds says so with another status, or without a document.",
            seen: "GitHub: 204 became 202 when deleting became asynchronous",
            source: "GitHub REST, breaking changes of version 2026-03-10; RFC 9110, section 15.3",
            sites: "effects that succeeded, one of each endpoint: another status, and 204 where there was a document",
            good: "knows that all of 2xx are successes, and looks up what it is not told",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = recording.interactions().iter();
        let effects = effects.filter(|each| http(each).is_some() && recording.changed_something(each.number));
        let mut sites = Vec::new();
        for at in endpoints::seconds(recording, effects) {
            let (Some(reply), site) = (http(at), Site::at(at.number).rank(30)) else { continue };
            let is_batch = recording.batch(at.number).is_some();
            let fits = |(_, status): &(&str, u16)| can_be(*status, at, reply) && !(is_batch && *status == 201);
            let others: Vec<_> = OTHER.into_iter().filter(fits).collect();
            if let Some((name, _)) = others.get(at.number % others.len().max(1)) {
                sites.push(site.clone().variant(name));
            }
            // What became of the items of a batch has to be said.
            if reply.status != 204 && has_document(reply) && !is_batch {
                let reason = "the reply has no document".to_owned();
                sites.push(site.variant(NO_CONTENT).lie(Lie::Evident(reason)).rank(50));
            }
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        if let Some((_, status)) = OTHER.iter().find(|(name, _)| Some(*name) == site.variant) {
            let scope = Scope::EndpointFrom(recording.endpoint(site.interaction).clone());
            return Bend::Rewrite { at: site.interaction, scope, rewrite: Rewrite::default().status(*status) };
        }
        let without = |each: &Interaction| {
            let reply = http(each).filter(|reply| has_document(reply))?;
            Some(Bend::Replace { at: each.number, reply: Reply::Http(empty(reply)), times: None })
        };
        Bend::All(endpoints::from(recording, site.interaction).filter_map(without).collect())
    }
}

/// The reply, where it says that something was done.
fn http(interaction: &Interaction) -> Option<&HttpReply> {
    match &interaction.reply {
        Reply::Http(reply) if (200..300).contains(&reply.status) => Some(reply),
        _ => None,
    }
}

fn has_document(reply: &HttpReply) -> bool {
    !reply.body().to_bytes().is_empty()
}

/// Whether a service could answer this effect with that status: what was created was sent by POST or PUT, and a status
/// that promises a document has one.
fn can_be(status: u16, interaction: &Interaction, reply: &HttpReply) -> bool {
    let Request::Http(request) = &interaction.request else { return false };
    let creates = matches!(request.method.as_str(), "POST" | "PUT");
    status != reply.status && (status != 201 || creates) && (status == 202 || has_document(reply))
}

/// 204, without a document and the headers that describe it.
fn empty(reply: &HttpReply) -> HttpReply {
    let about_content = |name: &str| name.starts_with("content-") || name == "transfer-encoding";
    let headers = reply.headers.iter().filter(|(name, _)| !about_content(name)).cloned().collect();
    HttpReply { status: 204, headers, content: Content::Whole(Body::Empty), ..reply.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{Session, Taped, delivered, recording_of, taped, taped_call};
    use crate::world::Reaction;

    fn order(n: u64) -> Taped {
        let order = json!({"n": n});
        taped("POST", "/orders").body(&order).reply(&order).reply_header("content-type", "application/json")
    }

    fn replies(recording: &std::sync::Arc<Recording>, variant: &str) -> Vec<(u16, usize)> {
        let site = status_code().sites(recording).into_iter().find(|site| site.variant == Some(variant)).unwrap();
        let reactions = Session::at(recording, status_code(), &site).play();
        let reply = |reaction: &Reaction| match reaction {
            Reaction::Reply(Reply::Http(reply), _) => (reply.status, reply.body().to_bytes().len()),
            other => panic!("no reply: {other:?}"),
        };
        reactions.iter().map(reply).collect()
    }

    #[test]
    fn an_effect_says_its_success_with_another_status_from_the_second_on() {
        let recording = recording_of(vec![order(1), order(2), order(3)]);
        let variants: Vec<_> = status_code().sites(&recording).iter().filter_map(|site| site.variant).collect();
        assert_eq!(variants, ["created", "no_content"]);
        assert_eq!(replies(&recording, "created"), [(200, 7), (201, 7), (201, 7)]);
        delivered(&recording, status_code);
    }

    #[test]
    fn a_success_without_its_document_is_still_done() {
        let recording = recording_of(vec![order(1), order(2), order(3)]);
        assert_eq!(replies(&recording, "no_content"), [(200, 7), (204, 0), (204, 0)]);
        let site = status_code().sites(&recording).remove(1);
        let mut session = Session::at(&recording, status_code(), &site);
        session.play();
        assert_eq!(session.ledger().effects_done(), [1, 2, 3]);
        assert!(matches!(site.lie, Lie::Evident(_)));
    }

    #[test]
    fn reads_failures_and_calls_of_code_have_no_site() {
        let recording = recording_of(vec![
            taped("GET", "/orders").reply(&json!({"n": 1})),
            order(1).status(409),
            taped_call("send", true, &json!({}), &json!({"sent": true})),
        ]);
        assert!(status_code().sites(&recording).is_empty());
        let deleted = recording_of(vec![taped("DELETE", "/orders/1").status(204)]);
        let variants: Vec<_> = status_code().sites(&deleted).iter().filter_map(|site| site.variant).collect();
        assert_eq!(variants, ["accepted"]);
    }
}
