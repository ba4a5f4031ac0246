//! When recordings are made; the names are VCR's.

use std::fmt;

/// When interactions are recorded, chosen by the environment variable `CHECKAGENT_RECORD`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordMode {
    /// Never: replay only. The default.
    #[default]
    None,
    /// Where there is no cassette.
    Once,
    /// What is not in the cassette; what is there is replayed.
    NewEpisodes,
    /// Everything again.
    All,
    /// What a live model, and systems that are declared live, answer to the cases of a test, where that is not recorded
    /// yet. The recording itself stays as it is.
    Branches,
}

/// Why the environment's wish cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModeError(String);

impl fmt::Display for ModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) const VARIABLE: &str = "CHECKAGENT_RECORD";

impl RecordMode {
    const NAMES: [(Self, &'static str); 5] = [
        (Self::None, "none"),
        (Self::Once, "once"),
        (Self::NewEpisodes, "new_episodes"),
        (Self::All, "all"),
        (Self::Branches, "branches"),
    ];

    fn parse(text: &str) -> Result<Self, ModeError> {
        Self::NAMES.iter().find(|(_, name)| *name == text).map(|(mode, _)| *mode).ok_or_else(|| {
            ModeError(format!("{VARIABLE}=`{text}` is no record mode; use none, once, new_episodes, all or branches"))
        })
    }
}

/// The mode that the environment asks for.
pub(crate) fn from_environment() -> Result<RecordMode, ModeError> {
    choose(std::env::var(VARIABLE).ok().as_deref(), is_ci())
}

/// Whether this is a build server: `CI` is set to anything but nothing, `0` or `false`.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

fn choose(wish: Option<&str>, ci: bool) -> Result<RecordMode, ModeError> {
    let mode = wish.filter(|text| !text.is_empty()).map_or(Ok(RecordMode::None), RecordMode::parse)?;
    if ci && mode != RecordMode::None {
        let message = format!(
            "{VARIABLE} is set together with CI: recordings are made and reviewed by people; unset one of them"
        );
        return Err(ModeError(message));
    }
    Ok(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_have_the_names_of_vcr_and_others_are_refused() {
        assert_eq!(choose(None, true), Ok(RecordMode::None));
        assert_eq!(choose(Some("new_episodes"), false), Ok(RecordMode::NewEpisodes));
        assert_eq!(choose(Some("branches"), false), Ok(RecordMode::Branches));
        assert!(choose(Some("branches"), true).unwrap_err().to_string().contains("CI"));
        assert!(choose(Some("always"), false).unwrap_err().to_string().contains("once"));
        assert!(choose(Some("once"), true).unwrap_err().to_string().contains("CI"));
    }
}
