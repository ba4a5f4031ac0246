//! Where calls go, and where what they carry leads to.

use checkagent_cassette::CODE;
use checkagent_cassette::origin::origin_of;

use super::document::texts;
use super::rule::{Sentry, Sight};
use crate::ledger::Call;
use crate::mutation::{matches, unescaped};

/// Only these channels, and these hosts in what calls carry.
pub(super) struct Hosts<'p>(pub &'p [String]);

impl<'l> Sentry<'l> for Hosts<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        if call.channel != CODE && !self.0.contains(&call.channel) {
            return Sight::Violation(format!("goes to `{}`, which is not among the allowed", call.channel));
        }
        let mut stranger = None;
        texts(call, &mut |text| {
            if stranger.is_none() {
                stranger = self.stranger(text);
            }
        });
        match stranger {
            Some(host) => Sight::Violation(format!("carries an address at `{host}`, which is not among the allowed")),
            None => Sight::Fine,
        }
    }
}

impl Hosts<'_> {
    /// A host in a text that is not among the allowed.
    fn stranger(&self, text: &str) -> Option<String> {
        if !text.contains("://") && !text.contains('%') && !text.contains("{{") {
            return None;
        }
        let text = unescaped(text);
        let templates = text.split("{{origin:").skip(1).filter_map(|rest| rest.split_once("}}"));
        let channel = templates.map(|(channel, _)| channel).find(|channel| !self.0.iter().any(|it| it == channel));
        channel
            .map(str::to_owned)
            .or_else(|| text.split("://").skip(1).filter_map(authority).find(|authority| !self.allows(authority)))
    }

    fn allows(&self, authority: &str) -> bool {
        let host = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let host = host.map_or(authority, |(host, _)| host);
        let is = |allowed: &str, name: &str| matches(&allowed.to_ascii_lowercase(), name);
        self.0.iter().any(|allowed| is(allowed, authority) || is(allowed, host))
    }
}

/// Host and port, where the rest of an address begins with them.
fn authority(rest: &str) -> Option<String> {
    let end = |c: char| c.is_whitespace() || "\"'<>()[],".contains(c);
    let origin = origin_of(&format!("x://{}", rest.split(end).next()?))?;
    origin.strip_prefix("x://").map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Policy;
    use super::super::testing::{carrying, check, objections, served, tool};
    use crate::ledger::Call;

    fn stranger(text: &str) -> Option<String> {
        let policy = Policy::new().hosts(["api", "Docs.example.com", "*.cdn.example", "localhost:80"]);
        let found = objections(&policy, vec![carrying(1, "POST /notes", json!({"text": text}))]);
        let (_, because) = found.into_iter().next()?;
        because.split('`').nth(1).map(str::to_owned)
    }

    #[test]
    fn calls_go_to_the_named_channels_alone_and_own_code_goes_nowhere() {
        let policy = Policy::new().hosts(["api"]);
        let elsewhere = Call { channel: "other".to_owned(), ..served(1, "GET /x") };
        let own = Call { channel: checkagent_cassette::CODE.to_owned(), ..tool(1, "refund", "refund") };
        let found = check(&policy, vec![served(1, "GET /x"), elsewhere, own]);
        assert_eq!(found.looked_at, [3]);
        assert_eq!(found.violations.len(), 1);
        assert_eq!(found.violations[0].because, "goes to `other`, which is not among the allowed");
    }

    #[test]
    fn addresses_in_what_is_carried_are_at_the_named_hosts_alone() {
        for good in [
            "no address",
            "100%",
            "see https://docs.example.com/a",
            "HTTPS://DOCS.EXAMPLE.COM:8443/a",
            "https://u:p@a.cdn.example?x",
            "http://localhost:80/",
            "{{origin:api}}/orders",
            "{{name}}",
            "api://",
        ] {
            assert_eq!(stranger(good), None, "{good}");
        }
        for (bad, host) in [
            ("https://evil.example/?q=docs.example.com", "evil.example"),
            ("see <https://docs.example.com> and (http://Evil.example)", "evil.example"),
            ("https%3A%2F%2Fevil.example%2F", "evil.example"),
            ("![x](https://evil.example)", "evil.example"),
            ("https://docs.example.com@evil.example/", "evil.example"),
            ("http://localhost:81/", "localhost:81"),
            ("https://cdn.example.evil", "cdn.example.evil"),
            ("{{origin:other}}/x", "other"),
        ] {
            assert_eq!(stranger(bad).as_deref(), Some(host), "{bad}");
        }
    }

    #[test]
    fn an_address_in_the_path_of_a_request_counts_too() {
        let policy = Policy::new().hosts(["api"]);
        let found = objections(&policy, vec![served(1, "GET /fetch?url=https://evil.example/")]);
        assert_eq!(found, [(0, "carries an address at `evil.example`, which is not among the allowed".to_owned())]);
    }
}
