//! Which passwords may be chosen: NIST SP 800-63B-4 and ASVS 5.0, 6.2. Length counts, not kinds of
//! characters; the common ones and those made of the owner's own name are refused.

use unicode_normalization::UnicodeNormalization as _;

use super::frequent;

/// Longer ones are refused, never cut. In Unicode code points after NFC.
pub(super) const MOST_CHARACTERS: usize = 1024;
/// ASVS 6.2.1.
const LEAST_CHARACTERS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    least_characters: usize,
}

/// What the account says of its owner; empty where unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'a> {
    /// The mail address.
    pub address: &'a str,
    pub name: &'a str,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self::at_least(LEAST_CHARACTERS)
    }
}

impl PasswordRules {
    /// At least 8 characters, whatever is asked for, and at most 128: nobody may lock all passwords out.
    pub fn at_least(characters: usize) -> Self {
        Self { least_characters: characters.clamp(LEAST_CHARACTERS, 128) }
    }

    /// Every rule that a password breaks, as messages for the field; none if it is good.
    pub fn problems(&self, password: &str, owner: &Owner<'_>) -> Vec<String> {
        // A megabyte is not normalised to be told that it is too long.
        if password.len() > 4 * MOST_CHARACTERS {
            return vec![too_long()];
        }
        let password: String = password.nfc().collect();
        let characters = password.chars().count();
        let mut problems = Vec::new();
        if characters < self.least_characters {
            problems.push(format!("must have at least {} characters", self.least_characters));
        }
        if characters > MOST_CHARACTERS {
            problems.push(too_long());
        }
        if password.chars().any(char::is_control) {
            problems.push("must not contain control characters".to_owned());
        }
        let lower = password.to_lowercase();
        if frequent::contains(&lower) {
            problems.push("is one of the most common passwords; choose another".to_owned());
        }
        if owner.is_named_by(&lower) {
            problems.push("must not be your own name or address".to_owned());
        }
        problems
    }
}

impl Owner<'_> {
    /// Whether a password in lower case is one of the owner's words, with digits and signs around it.
    fn is_named_by(&self, password: &str) -> bool {
        let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphabetic()).collect() };
        let stripped = bare(password);
        if stripped.is_empty() {
            return false;
        }
        let address = self.address.to_lowercase();
        let name = self.name.nfc().collect::<String>().to_lowercase();
        let (local, domain) = address.split_once('@').unwrap_or((&address, ""));
        let host = domain.rsplit_once('.').map_or(domain, |(host, _)| host);
        let mut words =
            [address.as_str(), local, domain, host, name.as_str()].into_iter().chain(name.split(' '));
        words.any(|word| bare(word) == stripped)
    }
}

fn too_long() -> String {
    format!("must have at most {MOST_CHARACTERS} characters")
}
