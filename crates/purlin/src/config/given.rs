//! A value as it was given, before it is known to fit its key.
//! The messages say what would fit and never repeat the value.

use std::time::Duration;

use purlin_core::rate_limit::Quota;

use super::{Secret, units};

const SHORTEST_WINDOW: Duration = Duration::from_secs(1);
const LONGEST_WINDOW: Duration = Duration::from_hours(720);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// From the environment or a default: may stand for any type.
    Loose(String),
    /// From `purlin.toml`, where a type is written down.
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<String>),
    /// A type that no key has.
    Other(&'static str),
}

impl Given {
    pub(super) fn text(&self) -> Result<&str, String> {
        match self {
            Self::Loose(text) | Self::Text(text) => Ok(text.trim()),
            Self::Number(_) => Err("must be text in quotes, not a number".to_owned()),
            Self::Flag(_) => Err("must be text in quotes, not true or false".to_owned()),
            Self::List(_) => Err("must be text in quotes, not a list".to_owned()),
            Self::Other(kind) => Err(format!("must be text in quotes, not {kind}")),
        }
    }

    pub(super) fn filled_text(&self) -> Result<String, String> {
        match self.text()? {
            "" => Err("must not be empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }

    /// Empty means not set.
    pub(super) fn secret(&self) -> Result<Option<Secret>, String> {
        let text = self.text()?;
        Ok(Some(text).filter(|text| !text.is_empty()).map(Secret::new))
    }

    pub(super) fn number<N: TryFrom<i64>>(&self, least: i64, most: i64) -> Result<N, String> {
        let expected = || format!("must be a whole number from {least} to {most}");
        let number = match self {
            Self::Number(number) => *number,
            Self::Loose(text) => text.trim().parse().map_err(|_| expected())?,
            Self::Text(_) => return Err(format!("{}, without quotes", expected())),
            Self::Flag(_) | Self::List(_) => return Err(expected()),
            Self::Other(kind) => return Err(format!("{}, not {kind}", expected())),
        };
        if !(least..=most).contains(&number) {
            return Err(expected());
        }
        N::try_from(number).map_err(|_| expected())
    }

    pub(super) fn duration(&self, least: Duration) -> Result<Duration, String> {
        let form = "a duration in quotes: a number with ms, s, m, h or d, such as \"30s\"";
        let found = self.text().ok().and_then(units::duration);
        match found {
            Some(duration) if duration >= least => Ok(duration),
            Some(_) => Err(format!("must be at least {}", units::written(least))),
            None => Err(format!("must be {form}")),
        }
    }

    pub(super) fn size_bytes(&self) -> Result<u64, String> {
        let found = self.text().ok().and_then(units::size_bytes).filter(|bytes| *bytes > 0);
        found.ok_or_else(|| {
            "must be a size in quotes: a number with B, KB, MB or GB, such as \"1MB\"".to_owned()
        })
    }

    pub(super) fn flag(&self) -> Result<bool, String> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            Self::Loose(text) if matches!(text.trim(), "true" | "1") => Ok(true),
            Self::Loose(text) if matches!(text.trim(), "false" | "0") => Ok(false),
            _ => Err("must be true or false, without quotes".to_owned()),
        }
    }

    /// In the environment with commas between; `[]` for none.
    pub(super) fn list(&self) -> Result<Vec<&str>, String> {
        let items: Vec<&str> = match self {
            Self::List(items) => items.iter().map(|item| item.trim()).collect(),
            Self::Loose(text) => match bare(text.trim()) {
                "" => Vec::new(),
                text => text.split(',').map(str::trim).collect(),
            },
            _ => return Err("must be a list of texts, such as [\"one\", \"two\"]".to_owned()),
        };
        if items.contains(&"") { Err("must not hold an empty text".to_owned()) } else { Ok(items) }
    }

    /// `None` is no limit.
    pub(super) fn quota(&self) -> Result<Option<Quota>, String> {
        let form = "must be a number of calls in a time, such as \"100/1m\", or \"off\"";
        let text = self.text().map_err(|_| form)?;
        if text == "off" {
            return Ok(None);
        }
        let quota = text.split_once('/').and_then(|(calls, window)| {
            Some(Quota { calls: calls.trim().parse().ok()?, window: units::duration(window.trim())? })
        });
        match quota {
            Some(quota) if quota.calls == 0 => {
                Err("must allow one call at least; rules of access close".to_owned())
            }
            Some(quota) if quota.window < SHORTEST_WINDOW || quota.window > LONGEST_WINDOW => {
                Err("must be for a time from \"1s\" to \"30d\"".to_owned())
            }
            Some(quota) => Ok(Some(quota)),
            None => Err(form.to_owned()),
        }
    }

    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, String> {
        let text = self.text().unwrap_or_default();
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Ok(*value);
        }
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        Err(format!("must be one of {}", names.join(", ")))
    }
}

/// Without the brackets that a list has in `purlin.toml`.
fn bare(list: &str) -> &str {
    list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).map_or(list, str::trim)
}
