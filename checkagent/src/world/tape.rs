//! Which recorded interaction answers a request, and which were served.

use std::collections::HashSet;

use checkagent_cassette::key::{Keyed, Keyer};
use checkagent_cassette::{Fidelity, Interaction, Request};

use crate::recording::Recording;

/// The state of a replay: what was served, and which recorded ids stand for which of the agent's own.
#[derive(Debug)]
pub(super) struct Tape {
    served: Vec<u32>,
    ids: Vec<(String, String)>,
}

/// The interactions that could answer a request, in recorded order.
#[derive(Debug)]
pub(super) struct Candidates<'r> {
    pub numbers: &'r [usize],
    /// Ids of the agent in the request, which differ from run to run.
    pub generated: Vec<String>,
}

impl Tape {
    pub(super) fn new(recording: &Recording) -> Self {
        Self { served: vec![0; recording.interactions().len()], ids: Vec::new() }
    }

    pub(super) fn was_served(&self, number: usize) -> bool {
        self.served[number - 1] > 0
    }

    pub(super) fn serve(&mut self, number: usize) {
        self.served[number - 1] += 1;
    }

    /// The numbers that were never served and should have been.
    ///
    /// What was lifted out of model traffic, or told by a trace, need not be asked for by an agent that has no seam
    /// there: it counts as soon as one interaction of that kind on its channel was served. A run that was served
    /// nothing at all used nothing.
    pub(super) fn unused(&self, recording: &Recording) -> Vec<usize> {
        let numbers = || 1..=self.served.len();
        let told = |number: usize| recording.interaction(number).fidelity <= Fidelity::Lifted;
        let channel = |number: usize| recording.interaction(number).channel.as_str();
        let met: HashSet<_> =
            numbers().filter(|number| self.was_served(*number)).map(|number| (channel(number), told(number))).collect();
        let optional = |number: usize| !met.is_empty() && told(number) && !met.contains(&(channel(number), true));
        numbers().filter(|number| !self.was_served(*number) && !optional(*number)).collect()
    }

    pub(super) fn candidates(keyed: Keyed, recording: &Recording) -> Candidates<'_> {
        Candidates { numbers: recording.with_key(keyed.key), generated: keyed.generated }
    }

    /// The interaction that answers: the first that was not served, else the last again.
    pub(super) fn next(
        &self,
        candidates: &Candidates<'_>,
        channel: &str,
        keyer: &mut Keyer,
        recording: &Recording,
    ) -> Option<usize> {
        let fits = |number: usize, keyer: &mut Keyer| {
            candidates.generated.is_empty()
                || self.agrees(&recorded_ids(channel, &recording.interaction(number).request, keyer), candidates)
        };
        let mut last = None;
        for number in candidates.numbers.iter().copied() {
            if fits(number, keyer) {
                last = Some(number);
                if !self.was_served(number) {
                    return last;
                }
            }
        }
        // Ids that were bound in another way are no reason to have no answer at all.
        last.or_else(|| candidates.numbers.iter().copied().find(|number| !self.was_served(*number)))
            .or_else(|| candidates.numbers.last().copied())
    }

    /// Whether the request's ids can stand for the recorded ones, given what they stood for before.
    fn agrees(&self, recorded: &[String], candidates: &Candidates<'_>) -> bool {
        recorded.iter().zip(&candidates.generated).all(|(recorded, mine)| {
            recorded == mine || self.ids.iter().all(|(known, bound)| (known == recorded) == (bound == mine))
        })
    }

    /// Remembers what the request's ids stand for.
    pub(super) fn bind(&mut self, interaction: &Interaction, generated: &[String], keyer: &mut Keyer) {
        if generated.is_empty() {
            return;
        }
        let recorded = recorded_ids(&interaction.channel, &interaction.request, keyer);
        for (recorded, mine) in recorded.into_iter().zip(generated) {
            if !self.ids.iter().any(|(known, _)| *known == recorded) {
                self.ids.push((recorded, mine.clone()));
            }
        }
    }

    /// A recorded text with the agent's ids in place of the recorded ones; `None` if there are none in it.
    pub(super) fn translate(&self, text: &str) -> Option<String> {
        let mut changed: Option<String> = None;
        for (recorded, mine) in self.ids.iter().filter(|(recorded, mine)| recorded != mine) {
            let current = changed.as_deref().unwrap_or(text);
            if current.contains(recorded.as_str()) {
                changed = Some(current.replace(recorded.as_str(), mine));
            }
        }
        changed
    }
}

fn recorded_ids(channel: &str, request: &Request, keyer: &mut Keyer) -> Vec<String> {
    keyer.key(channel, request).generated
}
