//! Validation attributes. Transforms run first, in the order of the text.

use super::Condition;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    Trim,
    Lower,
    Upper,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    pub check: ValidationCheck,
    /// The author's own message, instead of ours.
    pub message: Option<String>,
}

/// Numbers keep their text: they bound Int, BigInt, Float and Decimal alike.
#[derive(Clone, Debug, PartialEq)]
pub enum ValidationCheck {
    /// Characters of a string, or elements of a list.
    Length {
        min: Option<u32>,
        max: Option<u32>,
    },
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Regex(String),
    Email,
    Url,
    /// E.164.
    Phone,
    DateTime,
    Date,
    Time,
    Greater(String),
    GreaterOrEqual(String),
    Less(String),
    LessOrEqual(String),
}

/// `@@validate(condition, "message", ["path"])`.
#[derive(Clone, Debug)]
pub struct ModelValidation {
    pub condition: Condition,
    pub message: Option<String>,
    /// The fields under which the message appears; empty means the whole body.
    pub path: Vec<String>,
}
