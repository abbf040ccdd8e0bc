//! A document that can be compared: of a version that is known, with paths.

use std::fmt;

use serde_json::{Map, Value};

/// References that lead to references; a circle of them ends here.
const MOST_STEPS: usize = 16;

/// Why two documents cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    NotOpenApi,
    /// Of a version that this one came after.
    Older(String),
    /// Of a version that came after this one.
    Newer(String),
    NoPaths,
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpenApi => {
                formatter.write_str("it is not an OpenAPI document: it has no text `openapi`")
            }
            Self::Older(version) => write!(formatter, "it is of OpenAPI {version}, older than 3.1"),
            Self::Newer(version) => {
                write!(formatter, "it is of OpenAPI {version}, newer than the 3.1 that this version knows")
            }
            Self::NoPaths => formatter.write_str("it is an OpenAPI document without an object `paths`"),
        }
    }
}

impl std::error::Error for Unusable {}

#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'a> {
    whole: &'a Value,
    pub(super) paths: &'a Map<String, Value>,
}

impl<'a> Document<'a> {
    pub(super) fn new(whole: &'a Value) -> Result<Self, Unusable> {
        let version = whole.get("openapi").and_then(Value::as_str).ok_or(Unusable::NotOpenApi)?;
        let mut numbers = version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match (major, minor).cmp(&(3, 1)) {
            std::cmp::Ordering::Less => return Err(Unusable::Older(version.to_owned())),
            std::cmp::Ordering::Greater => return Err(Unusable::Newer(version.to_owned())),
            std::cmp::Ordering::Equal => {}
        }
        let paths = whole.get("paths").and_then(Value::as_object).ok_or(Unusable::NoPaths)?;
        Ok(Self { whole, paths })
    }

    /// What stands at the end of references. One that leads nowhere is as it is: anything.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..MOST_STEPS {
            let Some(next) =
                reference(value).and_then(|target| self.whole.pointer(target.strip_prefix('#')?))
            else {
                return value;
            };
            value = next;
        }
        value
    }

    pub(super) fn has_schema(&self, name: &str) -> bool {
        let schemas = self.whole.get("components").and_then(|components| components.get("schemas"));
        schemas.is_some_and(|schemas| schemas.get(name).is_some())
    }

    /// What a reference is called, and where it leads.
    pub(super) fn named(&self, value: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = reference(value)?.rsplit('/').next()?;
        Some((name, self.resolve(value)))
    }
}

fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}
