//! A model in the loop: what it says to a request that the recording has no answer for.

use checkagent_cassette::model::{Saying, Turn, Wire};
use checkagent_cassette::{HttpReply, HttpRequest, Reply, Request};

use super::tape::Tape;
use crate::ledger::{Change, Ledger, ModelTurn, Outcome, Tier, Tokens, ToolUse};
use crate::mutation::Mutation;
use crate::recording::Recording;
use crate::stand_in::{Ask, Said, StandIn};

/// Who answers for the model, and how far that has come.
#[derive(Debug)]
pub(super) struct ModelLoop {
    stand_in: StandIn,
    /// Whether it answers from the start, also what the recording has an answer for.
    replaced: bool,
    /// How many answers the stand-in gave.
    turns: usize,
    /// The recorded answers that it repeated.
    spent: Vec<usize>,
}

impl ModelLoop {
    pub(super) fn new(stand_in: StandIn, replaced: bool) -> Self {
        Self { stand_in, replaced, turns: 0, spent: Vec::new() }
    }

    /// Whether it is asked in place of the recorded interaction.
    pub(super) fn answers_instead_of(&self, hit: Option<usize>) -> bool {
        self.replaced || hit.is_none()
    }

    /// The answer of the stand-in; `None` where it has none, or the request asks no model.
    pub(super) fn stand_in(
        &mut self,
        channel: &str,
        request: &HttpRequest,
        around: &Around<'_>,
    ) -> Option<(HttpReply, ModelTurn)> {
        let (wire, document) = Wire::read(request)?;
        let history = wire.history(&document);
        let bent: Vec<Change> =
            around.ledger.calls.iter().flat_map(|call| changes_of(&call.outcome)).cloned().collect();
        let exchanges = around.recording.model_exchanges().iter().map(|exchange| exchange.number);
        let open: Vec<usize> = exchanges
            .filter(|number| around.recording.interaction(*number).channel == *channel)
            .filter(|number| !around.tape.was_served(*number) && !self.spent.contains(number))
            .collect();
        let ask = Ask {
            channel,
            request,
            document: &document,
            wire,
            history: &history,
            open: &open,
            recording: around.recording,
            mutations: around.mutations,
            bent: &bent,
            turn: self.turns,
        };
        let Said { saying, repeats } = self.stand_in.answer(&ask)?;
        let reply = wire.answer(request, &saying)?;
        self.spent.extend(repeats);
        self.turns += 1;
        let turn = ModelTurn {
            tier: Tier::StandIn,
            stand_in: Some(self.stand_in.name().to_owned()),
            results: results(&history),
            ..turn(&saying)
        };
        Some((reply, turn))
    }
}

/// What a stand-in may look at.
pub(super) struct Around<'a> {
    pub recording: &'a Recording,
    pub tape: &'a Tape,
    pub ledger: &'a Ledger,
    pub mutations: &'a [Mutation],
}

/// What a model said in a reply that the recording had, perhaps bent; `None` if no model was asked.
pub(super) fn recorded_turn(number: usize, reply: &Reply, bent: bool, recording: &Recording) -> Option<ModelTurn> {
    let exchange = recording.model_exchange(number)?;
    let document = recording.request_document(number)?;
    let results = results(&exchange.wire.history(&document));
    let said = match (bent, reply) {
        (true, Reply::Http(reply)) => exchange.wire.saying(reply).map(|saying| turn(&saying)),
        _ => exchange.saying.as_ref().map(turn),
    };
    Some(ModelTurn { results, ..said.unwrap_or_default() })
}

/// What a model said in a reply that the recording does not have.
pub(super) fn reacted_turn(request: &Request, reply: &Reply, tier: Tier) -> Option<ModelTurn> {
    let (Request::Http(request), Reply::Http(reply)) = (request, reply) else { return None };
    let (wire, document) = Wire::read(request)?;
    let said = wire.saying(reply).map(|saying| turn(&saying)).unwrap_or_default();
    Some(ModelTurn { tier, results: results(&wire.history(&document)), ..said })
}

/// Whether a request asks a model.
pub(super) fn asks_a_model(request: &Request) -> bool {
    matches!(request, Request::Http(http) if Wire::is_spoken_in(http))
}

pub(super) fn turn(saying: &Saying) -> ModelTurn {
    let arguments = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.into());
    ModelTurn {
        model: saying.model.clone(),
        tokens: saying.usage.as_ref().map(|usage| Tokens { input: usage.input, output: usage.output }),
        text: saying.text(),
        calls: saying
            .calls()
            .map(|call| ToolUse { name: call.name.clone(), arguments: arguments(&call.arguments) })
            .collect(),
        ..ModelTurn::default()
    }
}

fn results(history: &[Turn]) -> usize {
    history.iter().filter(|turn| matches!(turn, Turn::Result(_))).count()
}

fn changes_of(outcome: &Outcome) -> &[Change] {
    match outcome {
        Outcome::Served { bent, .. } => bent,
        _ => &[],
    }
}
