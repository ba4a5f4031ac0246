//! What a stand-in is asked.

use serde_json::Value;

use checkagent_cassette::HttpRequest;
use checkagent_cassette::model::{OfferedTool, Part, Saying, ToolCall, ToolResult, Turn, Wire};

use super::oblivious;
use super::said::made_up;
use crate::ledger::Change;
use crate::mutation::Mutation;
use crate::recording::Recording;

/// A request to a model that a stand-in answers, and what is known around it.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The channel on which the model is asked.
    pub channel: &'a str,
    /// The request.
    pub request: &'a HttpRequest,
    /// Its document.
    pub document: &'a Value,
    /// The format in which the model is asked.
    pub wire: Wire,
    /// The tool calls and results that it carries.
    pub history: &'a [Turn],
    /// The interactions of this channel that the model answered when it was recorded and that were not used in this
    /// case, in order.
    pub open: &'a [usize],
    /// The recording.
    pub recording: &'a Recording,
    /// The faults of the case.
    pub mutations: &'a [Mutation],
    /// What the case changed in replies so far.
    pub bent: &'a [Change],
    /// How many answers stand-ins have given in this case before this one.
    pub turn: usize,
}

impl Ask<'_> {
    /// An answer that is this text and ends the model's turn.
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use checkagent::StandIn;
    ///
    /// let modest = StandIn::script(|ask| ask.say("I could not find out."));
    /// let reply = modest.reply("model", &request, &recording).unwrap().body().json().unwrap();
    /// assert_eq!(reply["choices"][0]["message"]["content"], "I could not find out.");
    /// assert_eq!(reply["choices"][0]["finish_reason"], "stop");
    /// ```
    #[must_use]
    pub fn say(&self, text: &str) -> Option<Saying> {
        Some(made_up(self, vec![Part::text(text)]))
    }

    /// An answer that calls a tool, whether or not it is offered. The call gets an id that this conversation does not
    /// have.
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use checkagent::StandIn;
    /// use serde_json::json;
    ///
    /// let hasty = StandIn::script(|ask| match ask.last_result() {
    ///     None => ask.call("refund", json!({"order": "A-1", "cents": 90_000})),
    ///     Some(_) => ask.say("It is refunded."),
    /// });
    /// let reply = hasty.reply("model", &request, &recording).unwrap().body().json().unwrap();
    /// assert_eq!(reply["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "refund");
    /// assert_eq!(reply["choices"][0]["finish_reason"], "tool_calls");
    /// ```
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    pub fn call(&self, tool: &str, arguments: Value) -> Option<Saying> {
        Some(made_up(self, vec![Part::call("", tool, &arguments.to_string())]))
    }

    /// What the recorded model said next in this conversation, as [`StandIn::Oblivious`](super::StandIn::Oblivious)
    /// says it: for a script that differs at one place.
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use checkagent::StandIn;
    ///
    /// let grumpy = StandIn::script(|ask| {
    ///     let mut saying = ask.as_recorded()?;
    ///     saying.model = "grumpy".to_owned();
    ///     Some(saying)
    /// });
    /// let reply = grumpy.reply("model", &request, &recording).unwrap().body().json().unwrap();
    /// assert_eq!((reply["model"].as_str(), &reply["choices"][0]["message"]["content"]), (Some("grumpy"), &"Hello.".into()));
    /// ```
    #[must_use]
    pub fn as_recorded(&self) -> Option<Saying> {
        oblivious::say(self).map(|said| said.saying)
    }

    /// The tools that the model may call.
    #[must_use]
    pub fn offered(&self) -> Vec<OfferedTool> {
        self.wire.offered(self.document)
    }

    /// The last result of a tool.
    #[must_use]
    pub fn last_result(&self) -> Option<&ToolResult> {
        self.results().next_back()
    }

    /// The results of tools, in order.
    pub(super) fn results(&self) -> impl DoubleEndedIterator<Item = &ToolResult> {
        self.history.iter().filter_map(|turn| match turn {
            Turn::Result(result) => Some(result),
            Turn::Call(..) => None,
        })
    }

    /// The calls that the model made so far, in order.
    pub(super) fn called(&self) -> impl DoubleEndedIterator<Item = &ToolCall> {
        self.history.iter().filter_map(|turn| match turn {
            Turn::Call(call, _) => Some(call),
            Turn::Result(_) => None,
        })
    }

    /// Whether the provider keeps the conversation, so that the request does not tell which calls were made.
    pub(super) fn forgets_calls(&self) -> bool {
        self.results().next().is_some() && self.called().next().is_none()
    }

    /// What the recorded model said at an interaction.
    #[must_use]
    pub fn recorded(&self, number: usize) -> Option<&Saying> {
        self.recording.model_exchange(number)?.saying.as_ref()
    }
}
