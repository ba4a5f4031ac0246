//! Half of the reply arrives.

use checkagent_cassette::{Body, Content, Ending, Fidelity};

use super::bytes;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A reply that is cut in the middle. See [`truncated_body`].
#[derive(Clone, Debug)]
pub struct TruncatedBody;

/// The body is cut in the middle of its JSON: the connection is reset, or ends as if that were all. What was asked for
/// is done; asking again gives the whole reply.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, truncated_body};
///
/// assert_eq!(truncated_body().id(), "truncated_body");
/// ```
#[must_use]
pub fn truncated_body() -> TruncatedBody {
    TruncatedBody
}

const EOF: &str = "eof";
const RESET: &str = "reset";

impl Operator for TruncatedBody {
    fn id(&self) -> &'static str {
        "truncated_body"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The body is cut in the middle of its JSON, by a reset or by an end that looks regular; what was asked for is done.",
            seen: "proxies that stop in mid-body, HTTP/1.0 without a length, chunked bodies behind a gateway that restarts",
            source: "RFC 9112, 8: a client can only know an incomplete message by its framing",
            sites: "every interaction but the first whose reply is a JSON document in one piece; the two endings in turn",
            good: "does not take half a document for a whole one; reads again, and looks before it writes again",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let endings = |site: Site| {
            if site.interaction.is_multiple_of(2) {
                site.variant(EOF).lie(Lie::Evident("its JSON ends in the middle".to_owned()))
            } else {
                site.variant(RESET)
            }
        };
        bytes::documents(recording).into_iter().map(endings).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        bytes::damaged(site, recording, |reply| {
            let bytes = reply.body().to_bytes().into_owned();
            reply.content = Content::Whole(Body::from_bytes(&bytes[..bytes.len() / 2]));
            reply.ending = if site.variant == Some(EOF) { Ending::CleanEof } else { Ending::Reset };
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{ORDER, places, reply, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};
    use crate::ledger::Outcome;

    #[test]
    fn it_applies_to_documents_in_one_piece() {
        assert_eq!(places(&shop(), &truncated_body()), ["2:eof", "3:reset", "4:eof"]);
    }

    #[test]
    fn text_and_streams_may_end_anywhere_and_are_no_sites() {
        let recording = recording_of(vec![
            taped("GET", "/first"),
            taped("GET", "/lines").reply_text("a,b\n1,2\n"),
            taped("GET", "/stream").reply_frames(&["data: {}\n\n"]),
            taped("GET", "/gone").reply_text("{\"error\":\"gone\"}").status(410),
        ]);
        assert!(truncated_body().sites(&recording).is_empty());
    }

    #[test]
    fn an_effect_is_done_although_half_of_its_reply_arrives() {
        delivered(&shop(), truncated_body);
        let mut session = Session::first(&shop(), truncated_body());
        let half = reply(session.again(3));
        assert_eq!((half.status, half.ending, half.body().json()), (201, Ending::Reset, None));
        let (outcome, _) = session.outcome();
        assert_eq!(outcome, Outcome::Lost { interaction: 3 });
    }

    #[test]
    fn a_read_that_is_repeated_is_whole() {
        let recording = shop();
        let site = Site::at(4).variant(EOF);
        let mut session = Session::at(&recording, truncated_body(), &site);
        session.again(3);
        let half = reply(session.again(4));
        assert_eq!((half.ending, half.body().json()), (Ending::CleanEof, None));
        let whole = reply(session.again(4));
        assert_eq!(whole.body().json().unwrap()["id"], ORDER);
        assert_eq!(session.ledger().bent_calls().count(), 1);
    }
}
