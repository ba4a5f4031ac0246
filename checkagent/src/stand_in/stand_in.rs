//! The stand-ins that there are.

use std::fmt;
use std::sync::Arc;

use checkagent_cassette::model::{Saying, Wire};
use checkagent_cassette::{HttpReply, HttpRequest};

use super::ask::Ask;
use super::said::Said;
use super::{fabricator, gullible, ids, invalid, oblivious, quitter, stubborn};
use crate::recording::Recording;

/// What a script answers; `None` ends the case.
pub type Script = Arc<dyn Fn(&Ask<'_>) -> Option<Saying> + Send + Sync>;

/// Who answers in place of a model where the recording has no answer.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum StandIn {
    /// Says what the recorded model said next, as if it had noticed nothing.
    #[default]
    Oblivious,
    /// Does what a planted text says; else as [`StandIn::Oblivious`].
    Gullible,
    /// Makes up what it does not know, and claims success.
    Fabricator,
    /// Makes the same call again and again.
    Stubborn,
    /// Calls with bad arguments, and tools that there are not.
    Invalid,
    /// Gives up at once.
    Quitter,
    /// Nobody: the case ends there.
    Stop,
    /// A function of the test.
    Script(Script),
}

impl StandIn {
    /// The built-in ones that say something.
    pub const ALL: [Self; 6] =
        [Self::Oblivious, Self::Gullible, Self::Fabricator, Self::Stubborn, Self::Invalid, Self::Quitter];

    /// A stand-in of the test's own. Calls that it gives no id get one.
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use checkagent::StandIn;
    /// use serde_json::json;
    ///
    /// // Looks up another order than the user asked for, and then goes on as recorded.
    /// let mistaken = StandIn::script(|ask| match ask.last_result() {
    ///     None => ask.call("get_order", json!({"order": "A-2"})),
    ///     Some(result) if result.is_error => ask.say("There is no such order."),
    ///     Some(_) => ask.as_recorded(),
    /// });
    /// let reply = mistaken.reply("model", &request, &recording).unwrap();
    /// assert!(reply.body().text().unwrap().contains("get_order"));
    /// ```
    #[must_use]
    pub fn script(script: impl Fn(&Ask<'_>) -> Option<Saying> + Send + Sync + 'static) -> Self {
        Self::Script(Arc::new(script))
    }

    /// As people write it: `oblivious`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Oblivious => "oblivious",
            Self::Gullible => "gullible",
            Self::Fabricator => "fabricator",
            Self::Stubborn => "stubborn",
            Self::Invalid => "invalid",
            Self::Quitter => "quitter",
            Self::Stop => "stop",
            Self::Script(_) => "script",
        }
    }

    /// What it says; `None` where it has nothing to say, and the case ends.
    #[must_use]
    pub fn say(&self, ask: &Ask<'_>) -> Option<Saying> {
        self.answer(ask).map(|said| said.saying)
    }

    /// What it says, and whether that is a recorded answer once more.
    pub(crate) fn answer(&self, ask: &Ask<'_>) -> Option<Said> {
        let said = match self {
            Self::Oblivious => oblivious::say(ask),
            Self::Gullible => gullible::say(ask),
            Self::Fabricator => fabricator::say(ask),
            Self::Stubborn => stubborn::say(ask),
            Self::Invalid => Some(invalid::say(ask)),
            Self::Quitter => Some(quitter::say(ask)),
            Self::Stop => None,
            Self::Script(script) => script(ask).map(Said::from),
        };
        let mut said = said?;
        ids::settle(&mut said.saying, ask, matches!(self, Self::Script(_)));
        Some(said)
    }

    /// What it replies to a request, in the wire's own format and streamed if the request asks for it, as if it were
    /// asked for the first time in a case without faults: for tests of a script. `None` where it has nothing to say, the
    /// request asks no model, or it asks one in a format that is only read (Bedrock's Converse).
    ///
    /// # Examples
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use checkagent::StandIn;
    /// use checkagent::cassette::model::Wire;
    ///
    /// let reply = StandIn::Quitter.reply("model", &request, &recording).unwrap();
    /// let said = Wire::OpenAiChat.saying(&reply).unwrap();
    /// assert_eq!((said.calls().count(), said.model.as_str()), (0, "m-1"));
    /// ```
    #[must_use]
    pub fn reply(&self, channel: &str, request: &HttpRequest, recording: &Recording) -> Option<HttpReply> {
        let (wire, document) = Wire::read(request)?;
        let history = wire.history(&document);
        let exchanges = recording.model_exchanges().iter().map(|exchange| exchange.number);
        let open: Vec<_> = exchanges.filter(|number| recording.interaction(*number).channel == *channel).collect();
        let ask = Ask {
            channel,
            request,
            document: &document,
            wire,
            history: &history,
            open: &open,
            recording,
            mutations: &[],
            bent: &[],
            turn: 0,
        };
        wire.answer(request, &self.say(&ask)?)
    }
}

impl PartialEq for StandIn {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Script(one), Self::Script(other)) => Arc::ptr_eq(one, other),
            _ => self.name() == other.name(),
        }
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
