//! Text formats of validation attributes: e-mail, URL, phone, dates, regular expressions.

use std::collections::HashMap;

use jiff::civil::{Date, Time};
use regex::Regex;

use crate::schema::{Condition, FormatKind, Schema, ValidationCheck};
use crate::value::{DateTime, Value};

/// Every regular expression of a schema, compiled once.
#[derive(Debug, Default)]
pub struct Patterns(HashMap<String, Regex>);

impl Patterns {
    /// Fails with one line for each expression that does not compile.
    pub fn of(schema: &Schema) -> Result<Self, Vec<String>> {
        let mut patterns = Self::default();
        let mut errors = Vec::new();
        for model in &schema.models {
            for field in &model.fields {
                for validation in &field.validations {
                    if let ValidationCheck::Regex(pattern) = &validation.check {
                        patterns.add(pattern, &format!("{}.{}", model.name, field.name), &mut errors);
                    }
                }
            }
            for validation in &model.validations {
                patterns.add_from(&validation.condition, &model.name, &mut errors);
            }
        }
        if errors.is_empty() { Ok(patterns) } else { Err(errors) }
    }

    pub fn is_match(&self, pattern: &str, text: &str) -> bool {
        self.0.get(pattern).is_some_and(|regex| regex.is_match(text))
    }

    fn add(&mut self, pattern: &str, place: &str, errors: &mut Vec<String>) {
        if self.0.contains_key(pattern) {
            return;
        }
        match Regex::new(pattern) {
            Ok(regex) => {
                self.0.insert(pattern.to_owned(), regex);
            }
            Err(error) => errors.push(format!("{place}: the regular expression does not compile: {error}")),
        }
    }

    fn add_from(&mut self, condition: &Condition, place: &str, errors: &mut Vec<String>) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.add_from(part, place, errors));
            }
            Condition::Not(inner) => self.add_from(inner, place, errors),
            Condition::Format { kind: FormatKind::Regex(pattern), .. } => self.add(pattern, place, errors),
            _ => {}
        }
    }
}

/// Null and non-text match no format.
pub fn matches_format(kind: &FormatKind, value: &Value, patterns: &Patterns) -> bool {
    let Value::String(text) = value else { return false };
    match kind {
        FormatKind::Email => is_email(text),
        FormatKind::Url => is_url(text),
        FormatKind::Phone => is_phone(text),
        FormatKind::Date => text.len() == 10 && text.parse::<Date>().is_ok(),
        FormatKind::Time => {
            text.len() >= 5 && text.as_bytes().get(2) == Some(&b':') && text.parse::<Time>().is_ok()
        }
        FormatKind::DateTime => text.len() > 10 && DateTime::parse(text).is_ok(),
        FormatKind::Regex(pattern) => patterns.is_match(pattern, text),
    }
}

/// The addresses that the HTML standard's `input type=email` accepts, with a dot in the domain.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=64).contains(&local.len())
        && local.bytes().all(is_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

/// `http` or `https`, a host, no spaces or control characters.
pub(crate) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    !host.is_empty()
        && !host.starts_with([':', '.'])
        && !text.chars().any(|character| character.is_whitespace() || character.is_control())
        && !text.contains(['<', '>', '"', '\\', '^', '`', '{', '|', '}'])
}

/// E.164: `+` and 2 to 15 digits, the first not zero.
pub(crate) fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
