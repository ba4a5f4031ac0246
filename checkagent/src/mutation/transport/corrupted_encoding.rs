//! The bytes of a reply are not what its headers say.

use checkagent_cassette::{Body, Content, Fidelity};

use super::bytes;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A reply that cannot be decoded. See [`corrupted_encoding`].
#[derive(Clone, Debug)]
pub struct CorruptedEncoding;

/// The reply says that it is compressed and is not, or it is no UTF-8. What was asked for is done; asking again gives
/// the sound reply.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, corrupted_encoding};
///
/// assert_eq!(corrupted_encoding().id(), "corrupted_encoding");
/// ```
#[must_use]
pub fn corrupted_encoding() -> CorruptedEncoding {
    CorruptedEncoding
}

const GZIP: &str = "gzip";
const LATIN_1: &str = "latin_1";

/// An e with an acute accent in Latin-1; alone it is no UTF-8.
const E_ACUTE: u8 = 0xe9;

impl Operator for CorruptedEncoding {
    fn id(&self) -> &'static str {
        "corrupted_encoding"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The header says gzip and the bytes are plain, or a byte of the text is no UTF-8; what was asked for is done.",
            seen: "proxies that unpack a body and leave the header, services with data from before Unicode",
            source: "RFC 9110, 8.4; RFC 8259, 8.1: JSON between systems is UTF-8",
            sites: "every interaction but the first whose reply is a JSON document in one piece; the two forms in turn",
            good: "treats what it cannot decode as a failure, reads again, and looks before it writes again",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let form = |site: Site| {
            let headers = recording.interaction(site.interaction).reply.headers();
            let packed = headers.iter().any(|(name, _)| *name == "content-encoding");
            let (variant, reason) = if site.interaction.is_multiple_of(2) && !packed {
                (GZIP, "the bytes are not compressed")
            } else {
                (LATIN_1, "the bytes are no UTF-8")
            };
            site.variant(variant).lie(Lie::Evident(reason.to_owned()))
        };
        bytes::documents(recording).into_iter().map(form).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        bytes::damaged(site, recording, |reply| {
            if site.variant == Some(GZIP) {
                reply.headers.push(("content-encoding".into(), "gzip".into()));
                return;
            }
            let mut bytes = reply.body().to_bytes().into_owned();
            let middle = bytes.len() / 2;
            let letter = |at: &usize| bytes[*at].is_ascii_alphanumeric();
            // The letter nearest to the middle, or else what stands there.
            let at = (middle..bytes.len()).find(letter).or_else(|| (0..middle).rev().find(letter)).unwrap_or(middle);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = E_ACUTE;
            }
            reply.content = Content::Whole(Body::from_bytes(&bytes));
        })
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::Reply;
    use serde_json::json;

    use super::super::fixture::{places, reply, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};

    #[test]
    fn it_applies_to_documents_in_one_piece() {
        assert_eq!(places(&shop(), &corrupted_encoding()), ["2:gzip", "3:latin_1", "4:gzip"]);
    }

    #[test]
    fn what_is_compressed_already_does_not_get_a_second_header_and_other_bytes_are_no_sites() {
        let recording = recording_of(vec![
            taped("GET", "/first"),
            taped("GET", "/packed").reply(&json!({"a": 1})).reply_header("content-encoding", "br"),
            taped("GET", "/image").reply_text("plain"),
        ]);
        assert_eq!(places(&recording, &corrupted_encoding()), ["2:latin_1"]);
    }

    #[test]
    fn the_effect_is_done_and_its_reply_is_no_text() {
        let ledger = delivered(&shop(), corrupted_encoding);
        assert_eq!(ledger.effects_done(), [3]);
        let mut session = Session::first(&shop(), corrupted_encoding());
        let damaged = reply(session.again(3));
        assert!(matches!(damaged.body(), Body::Bytes(_)), "{damaged:?}");
        assert_eq!(damaged.body().json(), None);
    }

    #[test]
    fn a_client_that_does_not_unpack_reads_the_same_bytes() {
        let recording = shop();
        let mut session = Session::at(&recording, corrupted_encoding(), &Site::at(2).variant(GZIP));
        let damaged = reply(session.again(2));
        assert_eq!(damaged.header("content-encoding"), Some("gzip"));
        let Reply::Http(recorded) = &recording.interaction(2).reply else { panic!("http") };
        assert_eq!(damaged.body(), recorded.body());
        assert_eq!(reply(session.again(2)), *recorded, "once");
    }
}
