//! Access rules as checked: `@@allow`, `@@deny`, `@allow`, `@deny`.

use super::Condition;
use crate::source::Span;

/// A model rule. `all` is already expanded: it is every operation but `PostUpdate`.
#[derive(Clone, Debug)]
pub struct Policy {
    pub effect: Effect,
    pub operations: Vec<PolicyOperation>,
    pub condition: Condition,
    pub span: Span,
}

/// A field rule.
#[derive(Clone, Debug)]
pub struct FieldPolicy {
    pub effect: Effect,
    pub operations: Vec<FieldOperation>,
    pub condition: Condition,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyOperation {
    Create,
    Read,
    Update,
    PostUpdate,
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldOperation {
    Read,
    Update,
}

impl PolicyOperation {
    /// The word in a schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::PostUpdate => "post-update",
            Self::Delete => "delete",
        }
    }
}
