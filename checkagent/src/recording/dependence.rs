//! Effects that have to be done in their order.

use std::collections::HashSet;

use checkagent_cassette::Request;
use checkagent_cassette::analysis::Flow;

use super::analysed::Recording;

impl Recording {
    /// Which of these effects depend on one another: pairs of numbers, the one that was done first in front.
    ///
    /// The later one carries a value that the earlier one's reply brought, directly or by way of a model; or both act on
    /// the same resource: their paths are equal, or one is below the other. Two that add to the same collection
    /// (`POST /orders` twice) are independent: what they make are different things.
    #[must_use]
    pub fn dependent(&self, effects: &[usize]) -> Vec<(usize, usize)> {
        let mut numbers = effects.to_vec();
        numbers.sort_unstable();
        numbers.retain(|number| (1..=self.interactions().len()).contains(number));
        let mut pairs = Vec::new();
        for (at, first) in numbers.iter().enumerate() {
            let brought = brought(self.flow(), *first);
            for then in &numbers[at + 1..] {
                if self.one_resource(*first, *then) || carries(self.flow(), *then, &brought) {
                    pairs.push((*first, *then));
                }
            }
        }
        pairs
    }

    fn one_resource(&self, first: usize, then: usize) -> bool {
        let (a, b) = (self.interaction(first), self.interaction(then));
        let (Request::Http(a_request), Request::Http(b_request)) = (&a.request, &b.request) else { return false };
        if a.channel != b.channel {
            return false;
        }
        let adds = |number: usize, method: &str| method == "POST" && !self.endpoint(number).operation.ends_with("{id}");
        let [a_adds, b_adds] = [adds(first, &a_request.method), adds(then, &b_request.method)];
        let [a, b] = [a_request.path(), b_request.path()].map(|path| path.trim_end_matches('/'));
        let below = |path: &str, above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        if a == b {
            return !(a_adds && b_adds);
        }
        (below(b, a) && !a_adds) || (below(a, b) && !b_adds)
    }
}

/// The values that a reply was the first to bring and that later requests carried.
fn brought(flow: &Flow, number: usize) -> HashSet<&str> {
    flow.from_reply(number).map(|link| link.value.as_str()).collect()
}

/// Whether a request carries one of these values, whoever told it last: a model repeats what a tool brought.
fn carries(flow: &Flow, number: usize, brought: &HashSet<&str>) -> bool {
    !brought.is_empty() && flow.links().iter().any(|link| link.to == number && brought.contains(link.value.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::fixture::{Exchange, recording};

    fn dependent(exchanges: &[Exchange<'_>]) -> Vec<(usize, usize)> {
        recording(exchanges).dependent(&(1..=exchanges.len()).collect::<Vec<_>>())
    }

    fn asked<'e>(method: &'e str, target: &'e str) -> Exchange<'e> {
        (method, target, json!({"n": 1}), json!({}))
    }

    #[test]
    fn what_carries_a_value_of_the_reply_before_depends_on_it() {
        let created = ("POST", "/orders", json!({"n": 1}), json!({"id": "ord-2026-17"}));
        let paid = ("POST", "/payments", json!({"order": "ord-2026-17"}), json!({}));
        let mailed = ("POST", "/mails", json!({"text": "Order ord-2026-17 is paid."}), json!({}));
        let other = ("POST", "/mails", json!({"text": "Nothing of interest here."}), json!({}));
        assert_eq!(dependent(&[created, paid, other, mailed]), [(1, 2), (1, 4)]);
    }

    #[test]
    fn a_value_that_was_known_before_makes_nothing_dependent() {
        let read = ("GET", "/orders", Value::Null, json!({"id": "ord-2026-17"}));
        let paid = ("POST", "/payments", json!({"order": "ord-2026-17"}), json!({"order": "ord-2026-17"}));
        let mailed = ("POST", "/mails", json!({"order": "ord-2026-17"}), json!({}));
        assert_eq!(recording(&[read, paid, mailed]).dependent(&[2, 3]), []);
    }

    #[test]
    fn a_model_in_between_does_not_break_the_chain() {
        let user = json!({"role": "user", "content": "Order and pay, please."});
        let pay =
            json!({"id": "call_2zY8x7W6v5", "function": {"name": "pay", "arguments": "{\"order\": \"ord-2026-17\"}"}});
        let told = json!({"role": "tool", "tool_call_id": "call_1aB2c3D4e5", "content": "{\"id\": \"ord-2026-17\"}"});
        let exchanges = [
            ("POST", "/orders", json!({"n": 1}), json!({"id": "ord-2026-17"})),
            (
                "POST",
                "/v1/chat/completions",
                json!({"model": "m", "messages": [user, told]}),
                json!({"choices": [{"message": {"role": "assistant", "tool_calls": [pay]}}]}),
            ),
            ("POST", "/payments", json!({"order": "ord-2026-17"}), json!({})),
        ];
        assert_eq!(recording(&exchanges).dependent(&[1, 3]), [(1, 3)]);
    }

    #[test]
    fn what_acts_on_one_resource_keeps_its_order() {
        for (first, then, one) in [
            (("PUT", "/orders/17"), ("PUT", "/orders/17"), true),
            (("PATCH", "/orders/17"), ("POST", "/orders/17/"), true),
            (("POST", "/orders/17"), ("POST", "/orders/17"), true),
            (("PUT", "/orders/17"), ("POST", "/orders/17/cancel"), true),
            (("POST", "/orders/17/cancel"), ("DELETE", "/orders/17"), true),
            (("PUT", "/orders/17"), ("PUT", "/orders/18"), false),
            (("PUT", "/orders/1"), ("PUT", "/orders/17"), false),
            (("POST", "/orders"), ("POST", "/orders"), false),
            (("POST", "/orders"), ("PUT", "/orders/17"), false),
            (("DELETE", "/orders/17"), ("POST", "/orders"), false),
            (("DELETE", "/orders"), ("POST", "/orders"), true),
            (("POST", "/orders"), ("DELETE", "/orders"), true),
            (("DELETE", "/orders"), ("POST", "/orders/17/cancel"), true),
            (("POST", "/orders/17/notes"), ("POST", "/orders/17/notes"), false),
            (("POST", "/orders/17/cancel"), ("POST", "/orders/17/notes"), false),
        ] {
            let found = dependent(&[asked(first.0, first.1), asked(then.0, then.1)]);
            assert_eq!(!found.is_empty(), one, "{first:?} {then:?}");
        }
    }

    #[test]
    fn effects_on_other_channels_and_in_the_agents_code_have_no_resource() {
        use crate::fixture::{recording_of, taped, taped_call};
        let elsewhere = recording_of(vec![taped("PUT", "/a/17"), taped("PUT", "/a/17").on("other")]);
        assert_eq!(elsewhere.dependent(&[1, 2]), []);
        let code = |name| taped_call(name, true, &json!({}), &json!({}));
        assert_eq!(recording_of(vec![code("pay"), code("pay")]).dependent(&[1, 2]), []);
    }

    #[test]
    fn numbers_that_are_not_in_the_recording_are_left_out() {
        let recording = recording(&[asked("PUT", "/a/17"), asked("PUT", "/a/17")]);
        assert_eq!(recording.dependent(&[2, 1, 3, 0]), [(1, 2)]);
    }
}
