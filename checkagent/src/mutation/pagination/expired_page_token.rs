//! A page token is no longer accepted.

use std::time::Duration;

use checkagent_cassette::Fidelity;
use checkagent_cassette::analysis::PageKind;

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Moment, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A page token that expired while the client was busy with the page. See [`expired_page_token`].
#[derive(Clone, Debug)]
pub struct ExpiredPageToken {
    shape: Option<Shape>,
}

/// The service refuses a page token, until the list is asked for again from a place that issues it anew.
///
/// Page tokens are found by value flow: a reply value that leads to the next page, whatever its name, in a body or in
/// the URL of a header.
#[must_use]
pub fn expired_page_token() -> ExpiredPageToken {
    ExpiredPageToken { shape: None }
}

impl ExpiredPageToken {
    /// Status and body of one vendor: `google.page_token`, `msgraph.page_token`, `airtable.iterator`,
    /// `aws.next_token`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::PageToken, id));
        self
    }
}

impl Operator for ExpiredPageToken {
    fn id(&self) -> &'static str {
        "expired_page_token"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The service refuses a page token, until the list is asked for again from a place that issues it anew.",
            seen: "Airtable within minutes, Google within days, Microsoft Graph, Kinesis within five minutes",
            source: "aip.dev/158; msgraph-sdk-dotnet#2254; botocore: 32 operations declare InvalidNextToken",
            sites: "every page that was led to by a token, found by value flow",
            good: "starts over, leaves out what it has already, or says that the list is incomplete",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        // A page number in a link does not expire.
        let tokens = recording.pages().iter().filter(|page| page.kind == PageKind::Token);
        tokens.map(|page| Site::at(page.to).rank(100)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let page = recording.pages().iter().find(|page| page.to == site.interaction);
        let shape = self.shape.unwrap_or_else(|| shape::rotated(ShapeKind::PageToken, site.interaction));
        Bend::Expire {
            at: site.interaction,
            issued_by: page.map_or(site.interaction, |page| page.from),
            reply: shape.reply(&Moment::with_wait(Duration::ZERO)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Pages, Token};
    use super::*;
    use crate::fixture::{Session, delivered};

    #[test]
    fn a_token_is_refused_as_one_vendor_does_until_its_page_is_read_again() {
        let recording = Pages::of(&[2, 2]).recording();
        let mut session = Session::first(&recording, expired_page_token().shaped_like("msgraph.page_token"));
        let mut second = || {
            session.get("/items?limit=9");
            let target = "/items?limit=9&after=tok1-4711";
            session.ask("GET", target, serde_json::Value::Null)
        };
        let (status, refusal) = second();
        assert_eq!((status, refusal["error"]["code"].as_str()), (400, Some("Directory_ExpiredPageToken")));
        assert_eq!(second().0, 200);
    }

    #[test]
    fn a_list_without_pages_and_a_number_of_a_page_are_left_alone() {
        assert!(expired_page_token().sites(&Pages::of(&[4]).recording()).is_empty());
        let numbers = Pages { token: Token::Number, ..Pages::of(&[2, 2]) };
        assert!(expired_page_token().sites(&numbers.recording()).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        assert_eq!(delivered(&Pages::of(&[2, 2]).recording(), expired_page_token).bent_calls().count(), 1);
    }
}
