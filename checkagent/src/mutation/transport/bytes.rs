//! Replies whose bytes are damaged on their way.

use checkagent_cassette::{Body, Content, Ending, HttpReply, Reply};

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Loss;
use crate::mutation::site::Site;
use crate::recording::Recording;

/// Sites whose reply is a success with a JSON document in one piece: what is not, may be cut without anybody knowing.
pub(super) fn documents(recording: &Recording) -> Vec<Site> {
    let mut sites = transient::http_sites(recording);
    sites.retain(|site| {
        let reply = &recording.interaction(site.interaction).reply;
        reply.is_success() && matches!(reply, Reply::Http(HttpReply { content: Content::Whole(Body::Json(_)), .. }))
    });
    sites
}

/// The reply arrives damaged once: what was asked for is done, and asking again gives the whole reply.
pub(super) fn damaged(site: &Site, recording: &Recording, damage: impl FnOnce(&mut HttpReply)) -> Bend {
    let (at, interaction) = (site.interaction, recording.interaction(site.interaction));
    let mut reply = match &interaction.reply {
        Reply::Http(reply) => reply.clone(),
        Reply::Call(_) => HttpReply { ending: Ending::Reset, ..HttpReply::default() },
    };
    damage(&mut reply);
    if recording.changed_something(at) {
        Bend::Lose { at, loss: Loss::Reply(reply) }
    } else {
        Bend::Replace { at, reply: Reply::Http(reply), times: Some(1) }
    }
}
