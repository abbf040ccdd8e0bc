//! Why a provider did not say who is there. The texts are for the log; front ends get the code.

use crate::error::Error;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It is down, slow, or broken.
    #[error("{0}")]
    Unavailable(String),
    /// It answers, and what it says signs nobody in.
    #[error("{0}")]
    Refused(String),
}

impl Failure {
    /// Stable, for front ends.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "PROVIDER_UNAVAILABLE",
            Self::Refused(_) => "PROVIDER_REFUSED",
        }
    }

    pub(super) fn unavailable(what: &str, error: &purlin_fetch::Error) -> Self {
        Self::Unavailable(format!("{what}: {error}"))
    }
}

/// Of an ID token.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(format!("the ID token: {error}"))
    }
}
