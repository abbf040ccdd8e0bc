//! Headers to an actor: nobody, a user, or a refusal.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use purlin_core::store::BoxFuture;
use purlin_core::{Actor, User};

use super::bearer;
use super::cache::{Found, TokenCache};
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
        Ok(Actor::User(keeper.user(token).await?))
    }
}

impl Keeper {
    async fn user(&self, token: &str) -> Result<Arc<User>, Error> {
        // Asked before the row is read: a write in between makes the entry old, not wrong.
        let version = self.users.version();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| Error::Token)?.as_secs();
        let subject = match self.tokens.get(token, now, version) {
            Some(Found::User(user)) => return Ok(user),
            Some(Found::Subject(subject)) => subject,
            None => {
                let claims = self.verifier.verify(token).ok_or(Error::Token)?;
                self.tokens.insert(token, &claims, now)
            }
        };
        let user = self.users.load(&subject).await?.ok_or(Error::Token)?;
        self.tokens.set_user(token, version, &user);
        Ok(user)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.is_some() { "verifying" } else { "refusing" };
        formatter.debug_tuple("Authenticator").field(&state).finish()
    }
}
