//! An operator whose fault comes several times in a row.

use std::sync::Arc;

use checkagent_cassette::{Fidelity, Request};

use super::bend::Bend;
use super::operator::{About, Family, Operator, Truth};
use super::site::Site;
use super::values::Values;
use crate::recording::{FollowUp, Recording};

/// Another operator, so many times in a row.
pub(super) struct Repeated {
    inner: Arc<dyn Operator>,
    times: u32,
}

impl Repeated {
    pub(super) fn new(inner: Arc<dyn Operator>, times: u32) -> Self {
        Self { inner, times }
    }
}

impl Operator for Repeated {
    fn id(&self) -> &'static str {
        self.inner.id()
    }

    fn version(&self) -> u32 {
        self.inner.version()
    }

    fn family(&self) -> Family {
        self.inner.family()
    }

    fn truth(&self) -> Truth {
        self.inner.truth()
    }

    fn about(&self) -> About {
        self.inner.about()
    }

    fn needs(&self) -> Fidelity {
        self.inner.needs()
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        self.inner.sites(recording)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        self.inner.bend(site, recording).repeated(self.times)
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        self.inner.follow_up(site, recording, request)
    }

    fn values(&self, site: &Site, recording: &Recording) -> Option<Values> {
        self.inner.values(site, recording)
    }
}
