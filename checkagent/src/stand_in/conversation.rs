//! Which recorded answer comes next in the conversation that a request belongs to.

use std::collections::BTreeSet;

use serde_json::Value;

use checkagent_cassette::json::{Pointer, Step};
use checkagent_cassette::model::{Called, Saying, Turn, Wire, says_the_same};

use super::ask::Ask;
use crate::recording::{ModelExchange, Recording};

/// What the recorded model said in one conversation.
pub(super) struct Conversation<'a> {
    wire: Wire,
    recording: &'a Recording,
    /// The answers in recorded order.
    answers: Vec<Answer<'a>>,
    /// Everything that it said on this channel.
    all: Vec<Answer<'a>>,
    /// Where the request stands.
    here: Position,
    open: &'a [usize],
}

/// One recorded answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    /// The interaction.
    pub number: usize,
    pub saying: &'a Saying,
}

/// How far a conversation has come, by what its request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    /// Results of tools.
    results: usize,
    /// Messages that are neither calls nor results.
    plain: usize,
}

impl Position {
    fn of(wire: Wire, document: &Value, history: &[Turn]) -> Self {
        let at = |turn: &Turn| match turn {
            Turn::Call(_, at) => message(at),
            Turn::Result(result) => message(&result.at),
        };
        let with_turns: BTreeSet<_> = history.iter().filter_map(at).collect();
        let results = history.iter().filter(|turn| matches!(turn, Turn::Result(_))).count();
        Self { results, plain: wire.messages(document).len().saturating_sub(with_turns.len()) }
    }
}

/// The message that a place is in.
fn message(at: &Pointer) -> Option<usize> {
    at.steps().iter().find_map(|step| match step {
        Step::Index(index) => Some(*index),
        _ => None,
    })
}

impl<'a> Conversation<'a> {
    /// The conversation that a request belongs to: the one that the user began in the same way under the same
    /// instructions. If the case changed what is told to the model first, the instructions alone count, and at last the
    /// channel.
    pub(super) fn of(ask: &Ask<'a>) -> Self {
        let exchanges = ask.recording.model_exchanges().iter().filter(|exchange| {
            exchange.wire == ask.wire && ask.recording.interaction(exchange.number).channel == *ask.channel
        });
        let (mut all, mut likeness) = (Vec::new(), Vec::new());
        for exchange in exchanges {
            if let (Some(saying), Some(alike)) = (&exchange.saying, likeness_of(exchange, ask.document, ask.recording))
            {
                all.push(Answer { number: exchange.number, saying });
                likeness.push(alike);
            }
        }
        let best = likeness.iter().max().copied().unwrap_or_default();
        let answers = all.iter().zip(&likeness).filter(|(_, alike)| **alike == best).map(|(answer, _)| *answer);
        Self {
            wire: ask.wire,
            recording: ask.recording,
            answers: answers.collect(),
            all,
            here: Position::of(ask.wire, ask.document, ask.history),
            open: ask.open,
        }
    }

    /// Each answer of the conversation with the place where its request stands.
    fn placed(&self) -> Vec<(Position, Answer<'a>)> {
        let place = |answer: &Answer<'a>| {
            let document = self.recording.request_document(answer.number)?;
            Some((Position::of(self.wire, &document, &self.wire.history(&document)), *answer))
        };
        self.answers.iter().filter_map(place).collect()
    }

    /// The next answer; after the last one the one that ended the conversation. `extra` results in the request are of
    /// calls that the recorded model never made.
    pub(super) fn next(&self, extra: usize) -> Option<Answer<'a>> {
        let here = Position { results: self.here.results.saturating_sub(extra), ..self.here };
        let placed = self.placed();
        let exact: Vec<_> = placed.iter().filter(|(at, _)| *at == here).map(|(_, answer)| *answer).collect();
        // The only one that fits is said again when it is asked for again.
        if let [only] = exact[..] {
            return Some(only);
        }
        let later = placed.iter().filter(|(at, _)| at.results >= here.results).map(|(_, answer)| *answer);
        exact.into_iter().chain(later).find(|answer| self.open.contains(&answer.number)).or_else(|| self.end())
    }

    /// The last answer that ended the conversation, or any on this channel.
    pub(super) fn end(&self) -> Option<Answer<'a>> {
        let ends = |answer: &&Answer<'_>| answer.saying.calls().next().is_none();
        let end = self.answers.iter().rev().find(ends);
        end.or_else(|| self.all.iter().rev().find(ends)).copied()
    }

    /// The answers that call tools: from the next one on, then those before.
    pub(super) fn calling(&self) -> impl Iterator<Item = Answer<'a>> {
        let calls = |(_, answer): &(Position, Answer<'_>)| answer.saying.calls().next().is_some();
        let (before, from): (Vec<_>, Vec<_>) =
            self.placed().into_iter().filter(calls).partition(|(at, _)| at.results < self.here.results);
        from.into_iter().chain(before).map(|(_, answer)| answer)
    }

    /// What the model of this channel says, to say something of the same kind.
    pub(super) fn sample(&self) -> Option<Answer<'a>> {
        self.answers.last().or_else(|| self.all.last()).copied()
    }

    /// The answers of the channel.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Saying> {
        self.all.iter().map(|answer| answer.saying)
    }

    /// The calls of the channel, those of this conversation first.
    pub(super) fn calls(&self) -> impl Iterator<Item = &'a Called> {
        self.answers.iter().chain(&self.all).flat_map(|answer| answer.saying.calls())
    }
}

/// How much the conversation of an exchange is like that of another request.
fn likeness_of(exchange: &ModelExchange, other: &Value, recording: &Recording) -> Option<u8> {
    let document = recording.request_document(exchange.number)?;
    let wire = exchange.wire;
    let same = |one: Option<&Value>, other: Option<&Value>| match (one, other) {
        (Some(one), Some(other)) => says_the_same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let user = same(wire.first_user(&document), wire.first_user(other));
    let instructions = same(wire.instructions(&document), wire.instructions(other));
    Some(2 * u8::from(user) + u8::from(instructions))
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::Request;
    use serde_json::json;

    use super::*;
    use crate::fixture::{Taped, recording_of, taped};

    /// One exchange of a chat: who asks for what, results so far, what the model says.
    fn said(system: &str, user: &str, results: usize, says: &str) -> Taped {
        let message = json!({"role": "assistant", "content": says});
        taped("POST", "/v1/chat/completions").body(&body(system, user, results)).reply(&json!({
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }))
    }

    fn body(system: &str, user: &str, results: usize) -> Value {
        let mut messages = vec![json!({"role": "system", "content": system}), json!({"role": "user", "content": user})];
        for n in 0..results {
            let call = json!({"id": format!("c{n}"), "type": "function", "function": {"name": "f", "arguments": "{}"}});
            messages.push(json!({"role": "assistant", "tool_calls": [call]}));
            messages.push(json!({"role": "tool", "tool_call_id": format!("c{n}"), "content": "x"}));
        }
        json!({"model": "m", "messages": messages})
    }

    /// What comes next after a request, where those numbers are open.
    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    fn next(taped: Vec<Taped>, body: Value, open: &[usize], extra: usize) -> String {
        let recording = recording_of(taped);
        let request = crate::fixture::request("POST", "/v1/chat/completions", &body);
        let Request::Http(http) = &request else { panic!("http") };
        let history = Wire::OpenAiChat.history(&body);
        let ask = Ask {
            channel: crate::fixture::CHANNEL,
            request: http,
            document: &body,
            wire: Wire::OpenAiChat,
            history: &history,
            open,
            recording: &recording,
            mutations: &[],
            bent: &[],
            turn: 0,
        };
        Conversation::of(&ask).next(extra).map(|answer| answer.saying.text()).unwrap_or_default()
    }

    fn two() -> Vec<Taped> {
        vec![
            said("main", "Do it.", 0, "main 0"),
            said("sub", "Look it up.", 0, "sub 0"),
            said("sub", "Look it up.", 1, "sub 1"),
            said("main", "Do it.", 1, "main 1"),
        ]
    }

    #[test]
    fn sub_agents_do_not_get_the_answers_of_others() {
        for (system, user, results, expected) in [
            ("main", "Do it.", 0, "main 0"),
            ("main", "Do it.", 1, "main 1"),
            ("sub", "Look it up.", 0, "sub 0"),
            ("sub", "Look it up.", 1, "sub 1"),
            ("sub", "Look it up.", 7, "sub 1"),
        ] {
            assert_eq!(next(two(), body(system, user, results), &[1, 2, 3, 4], 0), expected);
            assert_eq!(next(two(), body(system, user, results), &[], 0), expected, "asked again");
        }
    }

    #[test]
    fn where_the_user_is_told_something_else_the_instructions_count_and_then_the_channel() {
        assert_eq!(next(two(), body("sub", "Look that up.", 1), &[1, 2, 3, 4], 0), "sub 1");
        assert_eq!(next(two(), body("other", "Something else.", 0), &[2, 3, 4], 0), "sub 0");
        assert_eq!(next(two(), body("other", "Do it.", 1), &[], 0), "main 1");
    }

    #[test]
    fn results_of_calls_that_were_never_recorded_do_not_count() {
        assert_eq!(next(two(), body("sub", "Look it up.", 1), &[1, 2, 3, 4], 1), "sub 0");
    }

    #[test]
    fn positions_that_are_the_same_are_taken_in_turn_and_then_it_ends() {
        let kept = |says| said("s", "u", 1, says);
        let all = || vec![kept("first"), kept("second"), kept("third")];
        assert_eq!(next(all(), body("s", "u", 1), &[2, 3], 0), "second");
        assert_eq!(next(all(), body("s", "u", 1), &[], 0), "third");
    }

    #[test]
    fn an_agent_that_says_more_than_recorded_gets_the_next_open_answer() {
        let mut told = body("main", "Do it.", 0);
        told["messages"].as_array_mut().unwrap().push(json!({"role": "user", "content": "The shop does not answer."}));
        assert_eq!(next(two(), told.clone(), &[2, 3, 4], 0), "main 1");
        assert_eq!(next(two(), told, &[2, 3], 0), "main 1");
        assert_eq!(next(Vec::new(), body("main", "Do it.", 0), &[], 0), "");
    }
}
