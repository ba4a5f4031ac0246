//! The recorded requests to models by what they say, whichever way an agent puts it.

use std::collections::HashMap;

use checkagent_cassette::key::{Key, Keyed, Keyer};
use checkagent_cassette::model::Wire;
use checkagent_cassette::{Body, HttpRequest, Request};

use super::analysed::Recording;

/// The numbers of the recorded requests to models, by the key of their normalised form.
pub(super) type Conversations = HashMap<Key, Vec<usize>>;

pub(super) fn of(recording: &Recording) -> Conversations {
    let mut keyer = Keyer::new(recording.cassette().header().matching.clone());
    let mut conversations = Conversations::new();
    for interaction in recording.interactions() {
        let _ = keyer.key(&interaction.channel, &interaction.request);
        if recording.asks_a_model(interaction.number)
            && let Request::Http(http) = &interaction.request
            && let Some(keyed) = conversation(&interaction.channel, http, &mut keyer)
        {
            conversations.entry(keyed.key).or_default().push(interaction.number);
        }
        keyer.served(&interaction.reply);
    }
    conversations
}

/// The key of a request to a model in its normalised form; `None` for any other request.
pub(crate) fn conversation(channel: &str, request: &HttpRequest, keyer: &mut Keyer) -> Option<Keyed> {
    let (wire, document) = Wire::read(request)?;
    let body = Body::from_json(&wire.normalised(&document));
    Some(keyer.key(channel, &Request::Http(HttpRequest { body, ..request.clone() })))
}
