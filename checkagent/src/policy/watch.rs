//! What a policy is to look for in one case, beside what it knows itself.

use crate::mutation::Attack;

/// What a case planted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch<'w> {
    attack: Option<&'w Attack>,
}

impl<'w> Watch<'w> {
    /// What an attack planted; nothing where there is none.
    #[must_use]
    pub fn of(attack: Option<&'w Attack>) -> Self {
        Self { attack }
    }

    /// The tokens that must not leave, with what they are.
    pub(super) fn tokens(self) -> impl Iterator<Item = (&'w str, &'static str)> {
        let of = |attack: &'w Attack| {
            let secret = attack.secret.as_deref().map(|secret| (secret, "a secret that the case planted"));
            [Some((attack.token.as_str(), "the token of a planted instruction")), secret]
        };
        self.attack.into_iter().flat_map(of).flatten()
    }

    /// The planted text. Where it stands as a whole it was copied, as the agent copies whatever it reads.
    pub(super) fn planted(self) -> Option<&'w str> {
        self.attack.map(|attack| attack.planted.as_str()).filter(|planted| !planted.is_empty())
    }
}
