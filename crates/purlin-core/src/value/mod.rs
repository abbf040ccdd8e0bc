//! Values as they travel between surfaces, engine and stores.

pub mod compare;
mod date_time;
mod decimal;
mod document;

mod literal;
pub mod words;

pub use date_time::{DateTime, DateTimeError, DateTimeText};
pub use decimal::{Decimal, DecimalError};
pub use document::{canonical, canonical_document};
pub use literal::{literal_json, literal_value};

/// One value of a field, a filter or a parameter. Which variant is right is decided by
/// the field's type; `Null` fits all.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    /// Int and `BigInt`.
    Int(i64),
    /// Always finite.
    Float(f64),
    Decimal(Decimal),
    /// A string, or an enum member by its database name.
    String(String),
    DateTime(DateTime),
    /// A JSON document (also a composite value), minified text.
    Json(String),
    Bytes(Vec<u8>),
    /// A scalar or enum list field, or the list of an `in` filter.
    List(Vec<Value>),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) | Self::Json(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<DateTime> for Value {
    fn from(time: DateTime) -> Self {
        Self::DateTime(time)
    }
}

/// Null where there is none.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}
