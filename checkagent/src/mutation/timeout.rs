//! No reply comes.

use super::bend::{Bend, Fault};
use super::operator::{Family, Operator, Truth};
use super::site::Site;
use super::transient;
use crate::recording::Recording;

/// A request that is never answered, and was never carried out. See [`timeout`].
#[derive(Clone, Debug)]
pub struct Timeout {
    times: u32,
}

/// No reply comes, and the connection stays open; nothing was done. A client without a timeout of its own hangs.
///
/// For an effect that *was* done, see [`reply_lost`](super::reply_lost).
#[must_use]
pub fn timeout() -> Timeout {
    Timeout { times: 1 }
}

impl Timeout {
    /// How often no reply comes.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

impl Operator for Timeout {
    fn id(&self) -> &'static str {
        "timeout"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::Stall, times: self.times }
    }
}
