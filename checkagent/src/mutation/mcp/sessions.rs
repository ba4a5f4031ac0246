//! How sessions with servers began, and what the servers said of themselves.

use crate::recording::Recording;
use crate::recording::message::Exchange;

/// The beginnings of a recording, in order.
#[derive(Debug)]
pub(super) struct Sessions<'r> {
    recording: &'r Recording,
    beginnings: Vec<Beginning>,
}

/// An answered `initialize`.
#[derive(Debug)]
pub(super) struct Beginning {
    /// The interaction's number.
    pub number: usize,
    /// The version of the protocol; versions are dates and can be compared as texts.
    pub version: Option<String>,
    /// Whether the server said that it will tell when its tools change.
    pub tells_of_changes: bool,
}

impl<'r> Sessions<'r> {
    pub(super) fn of(recording: &'r Recording, exchanges: &[Exchange<'_>]) -> Self {
        let hellos = exchanges.iter().filter(|exchange| exchange.asked.method == "initialize");
        let beginnings = hellos.filter_map(|hello| {
            let answer = hello.answer()?;
            let result = answer.result();
            Some(Beginning {
                number: hello.number,
                version: result["protocolVersion"].as_str().map(str::to_owned),
                tells_of_changes: result["capabilities"]["tools"]["listChanged"] == true,
            })
        });
        Self { recording, beginnings: beginnings.collect() }
    }

    /// How the session of a later request began.
    pub(super) fn beginning(&self, of: &Exchange<'_>) -> Option<&Beginning> {
        let endpoint = |number| self.recording.endpoint(number);
        let mut before = self.beginnings.iter().rev().filter(|beginning| beginning.number < of.number);
        before.find(|beginning| endpoint(beginning.number) == endpoint(of.number))
    }

    /// The version that a request is made in; since 2026-07-28 each says so itself.
    pub(super) fn version<'e>(&'e self, of: &'e Exchange<'_>) -> Option<&'e str> {
        let own = of.asked.params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str();
        own.or_else(|| self.beginning(of)?.version.as_deref())
    }
}
