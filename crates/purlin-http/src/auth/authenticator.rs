//! Headers to an actor: nobody, a user, or a refusal.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use purlin_core::Actor;
use purlin_core::store::BoxFuture;

use super::bearer;
use super::cache::TokenCache;
use super::scopes::Scopes;
use crate::error::Error;

/// What a bearer token stands for: the port that signing in stands behind.
pub trait Credentials: Send + Sync {
    /// `None` for every reason alike, so that nobody learns which part of a token was wrong.
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<Verified>, purlin_core::Error>>;

    /// A number that changes with whatever may make a good token a bad one, or change its user's row: what
    /// was verified is good for as long as it stays.
    fn version(&self) -> u64;
}

/// A good token.
#[derive(Debug)]
pub struct Verified {
    pub actor: Actor,
    /// Who it is, as text: for a user the key of their row.
    pub subject: Box<str>,
    /// The session that it belongs to; none for API keys and tokens made by hand.
    pub session: Option<Box<str>>,
    /// What it may be used for; `None` is everything.
    pub scopes: Option<Scopes>,
    /// Seconds since 1970 from which on it is refused.
    pub expires: u64,
}

pub struct Authenticator(Option<Keeper>);

struct Keeper {
    credentials: Arc<dyn Credentials>,
    tokens: TokenCache,
}

impl Authenticator {
    pub fn new(credentials: Arc<dyn Credentials>) -> Self {
        Self(Some(Keeper { credentials, tokens: TokenCache::default() }))
    }

    /// For an app without users: every token is refused.
    pub fn refusing() -> Self {
        Self(None)
    }

    /// Anonymous without credentials; bad credentials are an error, never anonymous.
    pub async fn actor(&self, headers: &HeaderMap) -> Result<Actor, Error> {
        let verified = self.verified(headers).await?;
        Ok(verified.map_or(Actor::Anonymous, |verified| verified.actor.clone()))
    }

    /// The token that was given, `None` without one.
    pub async fn verified(&self, headers: &HeaderMap) -> Result<Option<Arc<Verified>>, Error> {
        let Some(token) = bearer::given(headers)? else { return Ok(None) };
        let keeper = self.0.as_ref().ok_or(Error::Token)?;
        keeper.verified(token).await.map(Some)
    }
}

impl Keeper {
    async fn verified(&self, token: &[u8]) -> Result<Arc<Verified>, Error> {
        // Asked before the row is read: a write in between makes the entry old, not wrong.
        let version = self.credentials.version();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| Error::Token)?.as_secs();
        if let Some(verified) = self.tokens.get(token, now, version) {
            return Ok(verified);
        }
        let text = bearer::text(token).ok_or(Error::Token)?;
        let verified = Arc::new(self.credentials.verify(text).await?.ok_or(Error::Token)?);
        self.tokens.insert(token, version, now, &verified);
        Ok(verified)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.is_some() { "verifying" } else { "refusing" };
        formatter.debug_tuple("Authenticator").field(&state).finish()
    }
}
