//! What a mutation operator is.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use checkagent_cassette::{Fidelity, Request};

use super::adversarial::Attack;
use super::bend::Bend;
use super::site::Site;
use super::values::Values;
use crate::recording::{FollowUp, Recording};

/// What kind of trouble an operator makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Between agent and service: limits, outages, time.
    Transport,
    /// Lists in pages.
    Pagination,
    /// Some items done, others not.
    Partial,
    /// The service's replies changed their form.
    Drift,
    /// A value is not what it should be.
    Values,
    /// Replies that come twice, late, or for another request.
    Order,
    /// The model that drives the agent.
    Model,
    /// Servers of the Model Context Protocol.
    Mcp,
    /// Instructions planted in what the agent reads.
    Adversarial,
    /// People who are asked before something is done.
    Approval,
    /// What a test brings itself.
    Custom,
}

impl Family {
    /// Every family, in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Transport,
        Self::Pagination,
        Self::Partial,
        Self::Drift,
        Self::Values,
        Self::Order,
        Self::Model,
        Self::Mcp,
        Self::Adversarial,
        Self::Approval,
        Self::Custom,
    ];

    /// The name by which a test picks the family: `transport`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Pagination => "pagination",
            Self::Partial => "partial",
            Self::Drift => "drift",
            Self::Values => "values",
            Self::Order => "order",
            Self::Model => "model",
            Self::Mcp => "mcp",
            Self::Adversarial => "adversarial",
            Self::Approval => "approval",
            Self::Custom => "custom",
        }
    }
}

/// What people want to know of an operator; `docs/mutations.md` is made of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What happens, in one sentence.
    pub what: &'static str,
    /// Which real systems do this.
    pub seen: &'static str,
    /// Where that is from: a specification, documentation, an issue.
    pub source: &'static str,
    /// Where in a recording it applies.
    pub sites: &'static str,
    /// What a good agent does.
    pub good: &'static str,
}

/// Whether the world is as recorded, or really differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// The world is as recorded; the reply is lost, late, malformed or lies. The right answer is the baseline's.
    Masked,
    /// The world really differs, and the reply says so. The baseline's answer would be wrong.
    Changed,
}

/// Makes cases out of a recording, and bends the world for one of them.
///
/// The built-in operators and a user's own implement the same trait and are used in the same way.
///
/// # Examples
///
/// ```
/// use checkagent::Recording;
/// use checkagent::mutation::{Bend, Family, Fault, Operator, Site, Truth};
///
/// /// The service is being moved: every read answers 410 once.
/// struct Gone;
///
/// impl Operator for Gone {
///     fn id(&self) -> &'static str {
///         "gone"
///     }
///     fn family(&self) -> Family {
///         Family::Transport
///     }
///     fn truth(&self) -> Truth {
///         Truth::Masked
///     }
///     fn sites(&self, recording: &Recording) -> Vec<Site> {
///         recording.interactions().iter().map(|interaction| Site::at(interaction.number)).collect()
///     }
///     fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
///         Bend::Fault { at: site.interaction, fault: Fault::status(410, r#"{"error":"gone"}"#), times: 1 }
///     }
/// }
/// ```
pub trait Operator: Send + Sync + 'static {
    /// The stable name, as it stands in case names: `rate_limit`.
    fn id(&self) -> &'static str;

    /// Goes up when the same site is bent in another way than before.
    fn version(&self) -> u32 {
        1
    }

    /// What kind of trouble it makes.
    fn family(&self) -> Family;

    /// Whether the world is as recorded, or really differs.
    fn truth(&self) -> Truth;

    /// What people want to know of it.
    fn about(&self) -> About {
        About::default()
    }

    /// How true an interaction has to be to be bent by it. [`Fidelity::Semantic`] is enough for what changes a value;
    /// what sends the status and headers of a vendor asks for [`Fidelity::Normalised`].
    fn needs(&self) -> Fidelity {
        Fidelity::Semantic
    }

    /// Where the recording supports it, best first. A pure function: listing cases runs no agent.
    fn sites(&self, recording: &Recording) -> Vec<Site>;

    /// How the world differs for one of the sites.
    fn bend(&self, site: &Site, recording: &Recording) -> Bend;

    /// How to answer a request that only this fault provokes: the retry of the three failed items of a batch.
    ///
    /// Asked after the bend was delivered: for every effect on the endpoint where it was, and for every read on its
    /// channel that the recording cannot answer.
    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        let _ = (site, recording, request);
        None
    }

    /// The request that this one stands for, where the bend gave what it asks for another name or form: the call of a
    /// renamed tool.
    ///
    /// Asked after the bend was delivered, before the recording is looked at. The ledger keeps what was really sent.
    fn stands_for(&self, site: &Site, recording: &Recording, request: &Request) -> Option<Request> {
        let _ = (site, recording, request);
        None
    }

    /// Recorded effects that must not be done as long as the reply that was bent at this site says so: what a person did
    /// not approve, or not yet.
    fn forbids(&self, site: &Site, recording: &Recording) -> Vec<usize> {
        let _ = (site, recording);
        Vec::new()
    }

    /// What is planted at this site to lead the agent astray, if anything is.
    fn attack(&self, site: &Site, recording: &Recording) -> Option<Attack> {
        let _ = (site, recording);
        None
    }

    /// The texts that are planted at this site, harmless ones too. An agent that passes them on as they stand has done
    /// what it does with any text.
    fn plants(&self, site: &Site, recording: &Recording) -> Vec<String> {
        let _ = (site, recording);
        Vec::new()
    }

    /// The values to try at a site, for an operator that generates them; each is put into [`Site::value`].
    fn values(&self, site: &Site, recording: &Recording) -> Option<Values> {
        let _ = (site, recording);
        None
    }
}

impl fmt::Debug for dyn Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id())
    }
}

/// An operator at a site: one fault of a case.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// The operator.
    pub operator: Arc<dyn Operator>,
    /// Where it applies.
    pub site: Site,
}
