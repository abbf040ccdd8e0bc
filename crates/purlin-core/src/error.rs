//! The closed list of ways an operation can fail. Surfaces map it; stores produce it.

use std::collections::BTreeMap;

/// Messages by field path (`title`, `items.0.price`); the empty path is the whole body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, Vec<String>>);

/// Fields that one answer names; more would help nobody and cost who must make it.
const MOST_FIELDS: usize = 200;

impl FieldErrors {
    /// Whether to stop looking for more.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST_FIELDS
    }

    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        self.0.entry(path.into()).or_default().push(message.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing was added.
    pub fn into_result(self) -> Result<(), Error> {
        if self.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data breaks rules of the schema: all of them are listed.
    #[error("the data is not valid")]
    Invalid(FieldErrors),
    /// The request makes no sense whatever the data: a parameter, an operator, a shape.
    #[error("{0}")]
    BadRequest(String),
    #[error("sign in first")]
    Unauthenticated,
    /// A policy refuses. The text is for developers and names no value.
    #[error("{0}")]
    Denied(String),
    /// Absent, or hidden by a policy.
    #[error("not found")]
    NotFound,
    /// A unique or foreign key; fields name what collides, never with which value.
    #[error("{message}")]
    Conflict { message: String, fields: FieldErrors },
    #[error("the request is too large: {0}")]
    TooLarge(String),
    #[error("too many requests")]
    RateLimited { retry_after: std::time::Duration },
    #[error("{0}")]
    Unsupported(String),
    /// Try again later: overload, a lock held too long, a deadline.
    #[error("{0}")]
    Unavailable(String),
    /// Logged with its cause, answered without it.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// One message under one field.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut fields = FieldErrors::default();
        fields.add(path, message);
        Self::Invalid(fields)
    }

    /// The stable code of the error body.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "VALIDATION_ERROR",
            Self::BadRequest(_) | Self::Unsupported(_) => "BAD_REQUEST",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Denied(_) => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict { .. } => "CONFLICT",
            Self::TooLarge(_) => "TOO_LARGE",
            Self::RateLimited { .. } => "RATE_LIMITED",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL_ERROR",
        }
    }
}
