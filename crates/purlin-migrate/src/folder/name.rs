//! Names of migrations: they sort by time.

use purlin_core::DateTime;

use crate::error::Error;

/// What a person calls a migration: `add_posts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationName(String);

const LONGEST: usize = 60;

impl MigrationName {
    /// Spaces and signs become `_`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let words: Vec<String> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let name: String = words.join("_").chars().take(LONGEST).collect();
        if name.is_empty() { Err(Error::Name { name: text.to_owned() }) } else { Ok(Self(name)) }
    }

    /// Made from what happens, for those who give no name.
    pub(crate) fn from_steps(steps: &[crate::diff::Step]) -> Self {
        let text = match steps {
            [] => "empty".to_owned(),
            [step] => step.to_string().split(':').next().unwrap_or_default().to_owned(),
            [first, ..] => {
                format!("{} and more", first.to_string().split(':').next().unwrap_or_default())
            }
        };
        Self::parse(&text).unwrap_or_else(|_| Self("migration".to_owned()))
    }

    /// With the time of another.
    pub(crate) fn with_stamp(&self, stamp: &str) -> String {
        format!("{stamp}_{}", self.0)
    }

    /// With a word behind it.
    pub(crate) fn with(&self, word: &str) -> Self {
        let room = LONGEST.saturating_sub(word.len() + 1);
        let stem: String = self.0.chars().take(room).collect();
        Self(format!("{}_{word}", stem.trim_end_matches('_')))
    }

    /// `20260131093000_add_posts`, behind the last one that exists, whatever the clock says.
    pub(crate) fn id(&self, now: DateTime, last: Option<&str>) -> String {
        let stamp: String = now.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
        let number = |text: &str| text.get(..14).and_then(|digits| digits.parse::<u64>().ok());
        let wanted = number(&stamp).unwrap_or(0);
        let stamp = last.and_then(number).map_or(wanted, |last| wanted.max(last + 1));
        format!("{stamp:014}_{}", self.0)
    }
}

/// Whether a folder's name is that of a migration.
pub(super) fn is_id(name: &str) -> bool {
    name.len() > 15
        && name.bytes().take(14).all(|byte| byte.is_ascii_digit())
        && name.as_bytes().get(14) == Some(&b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_and_ordered() {
        let name = MigrationName::parse("Add  posts, & tags!").unwrap();
        let now = DateTime::parse("2026-01-31T09:30:00Z").unwrap();
        assert_eq!(name.id(now, None), "20260131093000_add_posts_tags");
        assert_eq!(name.id(now, Some("20270101000000_later")), "20270101000001_add_posts_tags");
        assert!(is_id("20260131093000_x") && !is_id("20260131093000_") && !is_id("notes"));
        assert!(MigrationName::parse(" -- ").is_err());
    }
}
