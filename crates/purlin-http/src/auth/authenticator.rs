//! Headers to an actor: nobody, a user, or a refusal.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use purlin_core::store::BoxFuture;
use purlin_core::{Actor, User};

use super::bearer;
use super::cache::{Known, TokenCache};
use super::token::{TokenSettings, Verifier};
use crate::error::Error;

/// Where the rows of the auth model come from.
pub trait UserLoader: Send + Sync {
    /// The user that a token's `sub` names; `None` when there is none or it is not active.
    fn load<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<Option<Arc<User>>, purlin_core::Error>>;

    /// A number that changes with every write to the users' table: a loaded user is good for as
    /// long as it stays.
    fn version(&self) -> u64;
}

pub struct Authenticator(Option<Keeper>);

struct Keeper {
    verifier: Verifier,
    tokens: TokenCache,
    users: Arc<dyn UserLoader>,
}

impl Authenticator {
    pub fn new(settings: &TokenSettings, users: Arc<dyn UserLoader>) -> Self {
        Self(Some(Keeper { verifier: Verifier::new(settings), tokens: TokenCache::default(), users }))
    }

    /// For an app without a secret or without users: every token is refused.
    pub fn refusing() -> Self {
        Self(None)
    }

    /// Anonymous without credentials; bad credentials are an error, never anonymous.
    pub async fn actor(&self, headers: &HeaderMap) -> Result<Actor, Error> {
        let Some(token) = bearer::token(headers)? else { return Ok(Actor::Anonymous) };
        let keeper = self.0.as_ref().ok_or(Error::Token)?;
        let known = keeper.verify(token).ok_or(Error::Token)?;
        Ok(Actor::User(keeper.user(&known).await?))
    }
}

impl Keeper {
    fn verify(&self, token: &str) -> Option<Arc<Known>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        if let Some(known) = self.tokens.get(token, now) {
            return Some(known);
        }
        let claims = self.verifier.verify(token)?;
        Some(self.tokens.insert(token, claims, now))
    }

    async fn user(&self, known: &Known) -> Result<Arc<User>, Error> {
        // Asked before the row is read: a write in between makes the entry old, not wrong.
        let version = self.users.version();
        if let Some(user) = known.user(version) {
            return Ok(user);
        }
        let user = self.users.load(&known.claims.subject).await?.ok_or(Error::Token)?;
        known.set_user(version, Arc::clone(&user));
        Ok(user)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.is_some() { "verifying" } else { "refusing" };
        formatter.debug_tuple("Authenticator").field(&state).finish()
    }
}
