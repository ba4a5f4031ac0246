//! Names of fields in other styles.

use checkagent_cassette::analysis::words;

/// A style in which services name fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStyle {
    /// `signedUp`
    Camel,
    /// `SignedUp`
    Pascal,
    /// `signed-up`
    Kebab,
    /// `signed_up`
    Snake,
    /// Another word: `title` for `name`; where none is known, `signed_up_v2`.
    Free,
}

/// Words that services use for each other.
const SYNONYMS: [(&str, &str); 24] = [
    ("name", "title"),
    ("title", "name"),
    ("amount", "value"),
    ("value", "amount"),
    ("status", "state"),
    ("state", "status"),
    ("type", "kind"),
    ("kind", "type"),
    ("total", "sum"),
    ("count", "total"),
    ("price", "cost"),
    ("cost", "price"),
    ("email", "mail"),
    ("url", "link"),
    ("link", "url"),
    ("description", "text"),
    ("date", "day"),
    ("user", "owner"),
    ("region", "area"),
    ("plan", "tier"),
    ("quantity", "units"),
    ("customer", "client"),
    ("id", "key"),
    ("message", "text"),
];

impl NameStyle {
    /// Every style, in the order in which fields get them.
    pub const ALL: [Self; 5] = [Self::Camel, Self::Pascal, Self::Kebab, Self::Snake, Self::Free];

    /// What a case is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Camel => "camel",
            Self::Pascal => "pascal",
            Self::Kebab => "kebab",
            Self::Snake => "snake",
            Self::Free => "free",
        }
    }

    /// A name in this style; `None` where it is in this style already.
    pub(super) fn applied(self, name: &str) -> Option<String> {
        let mut words: Vec<_> = words(name).collect();
        let new = match (self, words.as_slice()) {
            (Self::Free, _) => {
                let other = words.last_mut().and_then(|last| {
                    *last = SYNONYMS.iter().find(|(word, _)| word == last)?.1.to_owned();
                    Some(())
                });
                other.map_or_else(|| format!("{name}_v2"), |()| Self::of(name).joined(&words))
            }
            (_, []) => return None,
            (style, _) => style.joined(&words),
        };
        (new != name).then_some(new)
    }

    /// The style of a name, as far as it has one.
    fn of(name: &str) -> Self {
        if name.contains('-') {
            Self::Kebab
        } else if name.starts_with(char::is_uppercase) {
            Self::Pascal
        } else if name.contains(char::is_uppercase) {
            Self::Camel
        } else {
            Self::Snake
        }
    }

    fn joined(self, words: &[String]) -> String {
        let capital = |(index, word): (usize, &String)| {
            let mut letters = word.chars();
            match letters.next() {
                Some(first) if index > 0 || self == Self::Pascal => first.to_uppercase().chain(letters).collect(),
                _ => word.clone(),
            }
        };
        match self {
            Self::Snake | Self::Free => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::Camel | Self::Pascal => words.iter().enumerate().map(capital).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_as_services_change_them() {
        let styles = |name: &str| NameStyle::ALL.map(|style| style.applied(name).unwrap_or_default());
        assert_eq!(styles("signed_up"), ["signedUp", "SignedUp", "signed-up", "", "signed_up_v2"]);
        assert_eq!(styles("signedUp"), ["", "SignedUp", "signed-up", "signed_up", "signedUp_v2"]);
        assert_eq!(styles("amount"), ["", "Amount", "", "", "value"]);
        assert_eq!(styles("Amount"), ["amount", "", "amount", "amount", "Value"]);
        assert_eq!(styles("display-name"), ["displayName", "DisplayName", "", "display_name", "display-title"]);
        assert_eq!(styles("_"), ["", "", "", "", "__v2"]);
    }
}
