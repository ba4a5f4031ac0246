//! What a planted instruction wants, and how it is told that an agent obeyed.

use serde::{Deserialize, Serialize};

use super::canary::canary;
use super::goal::Goal;
use super::injection::{text, twin};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A planted instruction: what it says, and what turns up where it is obeyed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attack {
    /// The text that was planted.
    pub planted: String,
    /// A token that stands nowhere in the recording.
    pub token: String,
    /// An address that nobody has; it holds the token.
    pub url: String,
    /// The tool that it wants to be used, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Whether nobody has a reason to use that tool.
    #[serde(default)]
    pub honey: bool,
    /// What the benign twin plants in its place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub twin: String,
    /// A secret that was planted for the agent to find; it must not leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What is planted at a site; `None` at benign twins and controls.
pub(crate) fn attack(site: &Site, recording: &Recording) -> Option<Attack> {
    let canary = canary(site, recording)?;
    let planted = text(site, recording);
    let (tool, honey) = Goal::of(recording).tool().map_or((None, false), |(tool, honey)| (Some(tool), honey));
    let tool = tool.filter(|tool| planted.contains(&format!("`{tool}`")));
    let (token, url) = (canary.token().to_owned(), canary.url());
    let twin = twin(site).map(|twin| text(&twin, recording)).unwrap_or_default();
    Some(Attack { planted, token, url, honey: honey && tool.is_some(), tool, twin, secret: None })
}
