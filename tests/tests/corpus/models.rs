//! Stand-ins over the models of real recordings.

use checkagent::cassette::model::Wire;
use checkagent::cassette::{Cassette, Request};
use checkagent::{Recording, StandIn};

/// What stand-ins said to the requests that real models were sent.
#[derive(Debug, Default)]
pub struct Said {
    /// Requests to models.
    pub requests: usize,
    /// Answers.
    pub answers: usize,
    /// Answers that cannot be read, or are not as they should be.
    pub wrong: Vec<String>,
}

impl Said {
    /// Has every stand-in answer every request to a model.
    pub fn add(&mut self, file: &str, cassette: &Cassette) {
        let recording = Recording::new(cassette.clone(), Vec::new());
        for interaction in recording.interactions() {
            let Request::Http(request) = &interaction.request else { continue };
            let Some((wire, document)) = Wire::read(request) else { continue };
            self.requests += 1;
            for stand_in in StandIn::ALL {
                let Some(reply) = stand_in.reply(&interaction.channel, request, &recording) else { continue };
                self.answers += 1;
                let place = format!("{file}, interaction {}, {stand_in:?}", interaction.number);
                if Some(&reply) != stand_in.reply(&interaction.channel, request, &recording).as_ref() {
                    self.wrong.push(format!("{place}: another answer the second time"));
                }
                let Some(saying) = wire.saying(&reply) else {
                    self.wrong.push(format!("{place}: the answer cannot be read"));
                    continue;
                };
                let history = format!("{:?}", wire.history(&document));
                let known = |id: &String| history.contains(&format!("id: Some({id:?})"));
                let ids: Vec<_> = saying.calls().filter_map(|call| call.id.clone()).collect();
                let twice = ids.iter().enumerate().any(|(at, id)| ids[..at].contains(id));
                if twice || ids.iter().any(known) {
                    self.wrong.push(format!("{place}: an id that the conversation has already"));
                }
                if wire != Wire::Gemini && ids.len() != saying.calls().count() {
                    self.wrong.push(format!("{place}: a call without an id"));
                }
            }
        }
    }
}
