//! Reads: what they show depends on what was done before.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::Request;

use super::{Reaction, Replay};
use crate::ledger::Outcome;
use crate::world::consistency::{State, Version, version};
use crate::world::tape::Candidates;
use crate::world::undone::Undone;

impl Replay {
    pub(super) fn read(
        &mut self,
        channel: &str,
        request: &Request,
        hit: Option<usize>,
        candidates: &Candidates<'_>,
    ) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let Some(next) = hit else { return self.unrecorded_read(channel, request) };
        let state = State { recording: &recording, tape: &self.tape, undone: self.undone(), sent: &self.sent };
        match version(&state, candidates.numbers, next) {
            Version::Recorded(number) => self.serve(number, None, candidates),
            Version::Without(number, reply) => self.serve(number, Some(reply), candidates),
            Version::None(reason) => {
                let outcome = Outcome::Missed { nearest: None, reason };
                (outcome, Reaction::End)
            }
        }
    }

    /// A message of MCP that changes nothing. All of them go to one path, which says nothing of what they are about.
    pub(super) fn asked(
        &mut self,
        channel: &str,
        request: &Request,
        hit: Option<usize>,
        candidates: &Candidates<'_>,
    ) -> (Outcome, Reaction) {
        match hit {
            Some(number) => self.serve(number, None, candidates),
            None => self.unrecorded_read(channel, request),
        }
    }

    pub(super) fn unrecorded_read(&self, channel: &str, request: &Request) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        if let Some((interaction, follow_up)) = self.overlay.follow_up(channel, request, false, &recording) {
            let outcome = Outcome::FollowedUp { interaction, items: follow_up.items };
            return (outcome, Reaction::Reply(self.translated(follow_up.reply), Duration::ZERO));
        }
        let reason = "this read is not in the recording".to_owned();
        (self.missed(channel, request, reason), Reaction::End)
    }

    pub(super) fn undone(&self) -> Undone {
        let mut undone = Undone::default();
        let items = self.overlay.undone_items();
        for number in items.iter().map(|(number, _)| *number).collect::<BTreeSet<_>>() {
            let of_batch: Vec<_> = items.iter().filter(|(other, _)| *other == number).map(|(_, item)| *item).collect();
            undone.add(&self.recording, number, &of_batch);
        }
        undone
    }
}
