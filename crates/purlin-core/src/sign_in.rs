//! The port through which an app's own code hears of its users signing in, and may refuse it.

use crate::error::Error;
use crate::store::BoxFuture;

/// What became of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInEvent<'a> {
    Registered,
    Invited,
    /// By `password`, `code`, `wallet`, `invitation` or the name of a provider.
    SignedIn {
        method: &'a str,
    },
    SignedOut,
    PasswordChanged,
    AddressVerified,
    IdentityAdded {
        provider: &'a str,
    },
    IdentityRemoved,
    SecondFactorOn,
    SecondFactorOff,
    KeyMade,
    KeyRemoved,
}

impl SignInEvent<'_> {
    /// As the log says it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Invited => "invited",
            Self::SignedIn { .. } => "signed in",
            Self::SignedOut => "signed out",
            Self::PasswordChanged => "password changed",
            Self::AddressVerified => "address verified",
            Self::IdentityAdded { .. } => "identity added",
            Self::IdentityRemoved => "identity removed",
            Self::SecondFactorOn => "second factor on",
            Self::SecondFactorOff => "second factor off",
            Self::KeyMade => "API key made",
            Self::KeyRemoved => "API key removed",
        }
    }

    /// By what, where there is a choice.
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::SignedIn { method: by } | Self::IdentityAdded { provider: by } => Some(by),
            _ => None,
        }
    }
}

/// `user` is the key of a row of the auth model, as text.
pub trait SignInEvents: Send + Sync + std::fmt::Debug {
    /// Everything was right; an error is the answer instead of a session.
    fn before_sign_in<'a>(&'a self, _user: &'a str, _method: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// It is done; the answer waits, and nothing that goes wrong here changes it.
    fn happened<'a>(&'a self, user: &'a str, event: SignInEvent<'a>) -> BoxFuture<'a, ()>;
}

/// Nobody listens.
#[derive(Debug)]
pub struct NoSignInEvents;

impl SignInEvents for NoSignInEvents {
    fn happened<'a>(&'a self, _user: &'a str, _event: SignInEvent<'a>) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}
