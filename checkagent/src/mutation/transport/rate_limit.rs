//! The service limits the client in mid-sequence.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Fitting, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::mutation::wait::{Refusal, WaitEncoding};
use crate::recording::Recording;

/// A limit: from one interaction on, the channel refuses every call until the promised wait is over. See
/// [`rate_limit`].
#[derive(Clone, Debug)]
pub struct RateLimit {
    wait: Duration,
    shape: Option<Shape>,
    encoding: Option<WaitEncoding>,
}

/// The service limits the client in mid-sequence, for 30 seconds of virtual time.
///
/// A limit is a state: a call before the wait is over gets the limit again and counts as a wait violation; more than
/// one makes the case `runaway`. Every site comes in two forms: the wait in whole seconds, and in another of the ways
/// in which vendors write it ([`WaitEncoding`]); the sites take turns with these. Where only another vendor's clients
/// can know where the wait stands, calling too early is no violation.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use checkagent::mutation::{WaitEncoding, rate_limit};
///
/// let patient = rate_limit().wait(Duration::from_secs(600)).shaped_like("msgraph.429");
/// let odd = rate_limit().encoding(WaitEncoding::Minute);
/// ```
#[must_use]
pub fn rate_limit() -> RateLimit {
    RateLimit { wait: Duration::from_secs(30), shape: None, encoding: None }
}

impl RateLimit {
    /// The wait that the service asks for.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Status, headers and body of one vendor: `notion.429`, `attio.429`, `github.rest.primary`, `openai.429.tpm`,
    /// `shopify.graphql.throttled`. Every limit that tells the wait will do, also one with status 200.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        let limits = |shape: &Shape| matches!(shape.kind(), ShapeKind::Limit | ShapeKind::ErrorIn200);
        let known: Vec<_> = shape::shapes().filter(|shape| limits(shape) && shape.tells_the_wait()).collect();
        self.shape = Some(shape::named_among(&known, id));
        self
    }

    /// Only this way of writing the wait, at every site.
    #[must_use]
    pub fn encoding(mut self, encoding: WaitEncoding) -> Self {
        self.encoding = Some(encoding);
        self
    }
}

/// The limits that say how long to wait.
fn told(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::Limit && shape.tells_the_wait()
}

impl Operator for RateLimit {
    fn id(&self) -> &'static str {
        "rate_limit"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The service limits the client in mid-sequence: every call on the channel is refused until the promised wait is over.",
            seen: "every public API; a 429 mostly, a 403 at GitHub and Google Workspace; the wait is written in ten ways",
            source: "the documentation of the vendors, by shape",
            sites: "every interaction but the first; in whole seconds, and in one of the other ways",
            good: "waits at least as long as it is told and goes on; if the wait is too long for it, it says so",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = transient::sites(recording);
        if self.shape.is_some() {
            return sites;
        }
        if let Some(encoding) = self.encoding {
            return sites.into_iter().map(|site| site.variant(encoding.name())).collect();
        }
        let mut fitting = Fitting::new(recording, told);
        let both = |site: Site| {
            let shapes = &fitting.at(site.interaction).shapes;
            let offered = WaitEncoding::ALL.into_iter();
            let offered = offered.filter(|encoding| shapes.iter().any(|shape| shape.encodings().contains(encoding)));
            let names: Vec<_> = offered.map(WaitEncoding::name).collect();
            // Whole seconds are the first of all; the others take turns, beginning at the second interaction.
            let others = names.len().saturating_sub(1).max(1);
            let other = 1 + site.interaction.saturating_sub(2) % others;
            let picked: Vec<_> = names.first().into_iter().chain(names.get(other)).copied().collect();
            picked.into_iter().map(move |name| site.clone().variant(name))
        };
        sites.into_iter().flat_map(both).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let refusal = self.refusal(site, recording);
        Bend::Limit { at: site.interaction, wait: self.wait, refusal }
    }
}

impl RateLimit {
    fn refusal(&self, site: &Site, recording: &Recording) -> Refusal {
        if let Some(shape) = self.shape {
            return Refusal::Shaped(shape);
        }
        let encoding = WaitEncoding::ALL.into_iter().find(|encoding| Some(encoding.name()) == site.variant);
        let encoding = encoding.unwrap_or(WaitEncoding::Seconds);
        let mut fitting = Fitting::new(recording, |shape| told(shape) && shape.encodings().contains(&encoding));
        let mut fit = fitting.at(site.interaction).clone();
        let tells_all = |shape: &Shape| Refusal::Foreign(*shape).tells_the_wait();
        if !fit.own && fit.shapes.iter().any(tells_all) {
            // A service of which nothing is known limits as every client can know.
            fit.shapes.retain(tells_all);
        }
        match fit.rotated(site.interaction) {
            // What a test asks for by name, it knows.
            Some(shape) if fit.own || self.encoding.is_some() => Refusal::Shaped(shape),
            Some(shape) => Refusal::Foreign(shape),
            None => {
                let known = shape::of_kind(ShapeKind::Limit);
                let shape = known.into_iter().find(|shape| shape.encodings().contains(&encoding));
                Refusal::Shaped(shape.unwrap_or_else(|| shape::shape("notion.429")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::fixture::{own_code, places, shop, talk};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::ledger::Outcome;
    use crate::mutation::shape::Moment;

    #[test]
    fn every_site_has_whole_seconds_and_another_way_in_turn() {
        let recording = shop();
        assert_eq!(
            places(&recording, &rate_limit()),
            ["2:http_date", "2:seconds", "3:epoch_seconds", "3:seconds", "4:float", "4:seconds"]
        );
        assert_eq!(places(&recording, &rate_limit().shaped_like("openai.429.tpm")), ["2", "3", "4"]);
        let minute = rate_limit().encoding(WaitEncoding::Minute);
        assert_eq!(places(&recording, &minute), ["2:minute", "3:minute", "4:minute"]);
    }

    #[test]
    fn every_encoding_is_reachable_and_means_the_wait() {
        let recording = shop();
        for encoding in WaitEncoding::ALL {
            let operator = rate_limit().encoding(encoding).wait(Duration::from_secs(40));
            let Bend::Limit { refusal, wait, .. } = operator.bend(&operator.sites(&recording)[0], &recording) else {
                panic!("a limit");
            };
            assert!(refusal.tells_the_wait());
            let moment = Moment { wait, now: SystemTime::UNIX_EPOCH, number: 1 };
            let reply = refusal.reply(&moment);
            let told = encoding.write(wait, moment.now);
            let body = reply.body().text().unwrap_or_default().to_owned();
            let in_header = reply.headers.iter().any(|(_, value)| **value == told);
            assert!(in_header || body.contains(&told), "{}: {told} in {reply:?}", encoding.name());
        }
    }

    #[test]
    fn a_model_says_it_as_models_do() {
        let variants = places(&talk(6), &rate_limit());
        assert_eq!(variants[..4], ["2:millis", "2:seconds", "3:rfc3339", "3:seconds"]);
        assert!(variants.contains(&"5:go_duration".to_owned()), "{variants:?}");
    }

    #[test]
    fn there_is_no_site_in_an_empty_recording_and_no_limit_before_it_is_met() {
        assert!(rate_limit().sites(&recording_of(Vec::new())).is_empty());
        assert_eq!(places(&own_code(), &rate_limit()), ["2:http_date", "2:seconds"], "own code can be limited");
    }

    #[test]
    fn the_limit_holds_for_the_whole_channel_until_the_wait_is_over() {
        delivered(&shop(), rate_limit);
        let mut session = Session::first(&shop(), rate_limit());
        session.again(3);
        session.now = Duration::from_secs(10);
        session.again(1);
        session.now = Duration::from_secs(29);
        session.again(3);
        session.now = Duration::from_secs(30);
        session.again(3);
        let ledger = session.ledger();
        assert!(matches!(ledger.calls[1].outcome, Outcome::Limited { wait_ms: 20_000, early: true, .. }));
        assert_eq!(ledger.wait_violations(), 2);
        assert!(matches!(ledger.calls[3].outcome, Outcome::Served { .. }), "{:?}", ledger.calls[3]);
    }

    #[test]
    fn a_wait_that_only_another_vendors_clients_can_read_is_not_violated() {
        let violations = |operator: RateLimit, variant| {
            let recording = shop();
            let mut session = Session::at(&recording, operator, &Site::at(3).variant(variant));
            for _ in 0..4 {
                session.again(3);
            }
            session.ledger().wait_violations()
        };
        assert_eq!(violations(rate_limit(), "epoch_seconds"), 0);
        assert_eq!(violations(rate_limit(), "seconds"), 3);
        assert_eq!(violations(rate_limit().encoding(WaitEncoding::EpochSeconds), "epoch_seconds"), 3);
    }
}
