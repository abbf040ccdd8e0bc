//! Bearer tokens: an access token stands for a user in a session that goes on.

use std::sync::Arc;

use purlin_core::clock::Clock;
use purlin_core::store::BoxFuture;
use purlin_core::{Actor, Error};
use purlin_http::{Credentials, Verified};

use crate::admins::Admins;
use crate::api_key::ApiKey;
use crate::keys::Keys;
use crate::service::Auth;
use crate::sessions::Sessions;
use crate::token::AccessTokens;
use crate::users::Users;

#[derive(Debug)]
pub(crate) struct TokenCredentials {
    pub tokens: Arc<AccessTokens>,
    pub users: Arc<Users>,
    pub sessions: Arc<Sessions>,
    pub keys: Arc<Keys>,
    pub clock: Arc<dyn Clock>,
}

impl TokenCredentials {
    async fn verify_key(&self, token: &str) -> Result<Option<Verified>, Error> {
        let Some(key) = self.keys.verify(token, self.clock.now()).await? else { return Ok(None) };
        let Some(user) = self.users.load(&key.user).await? else { return Ok(None) };
        let expires = u64::try_from(key.until.as_millis().div_euclid(1000)).unwrap_or_default();
        // It counts for its owner: else more keys would be more calls.
        let subject = self.users.key_of_user(&user)?.into();
        let actor = Actor::User(user);
        Ok(Some(Verified { actor, subject, session: None, scopes: Some(key.scopes), expires }))
    }

    async fn verify(&self, token: &str) -> Result<Option<Verified>, Error> {
        if ApiKey::is_meant(token) {
            return self.verify_key(token).await;
        }
        let claims = match self.tokens.verify(token, self.clock.now()) {
            Ok(claims) => claims,
            Err(reason) => {
                tracing::debug!(%reason, "an access token was refused");
                return Ok(None);
            }
        };
        if let Some(session) = claims.session
            && self.sessions.has_ended(session).await?
        {
            return Ok(None);
        }
        let Some(user) = self.users.load(&claims.subject).await? else { return Ok(None) };
        let session = claims.session.map(|session| session.to_string().into());
        let subject = self.users.key_of_user(&user)?.into();
        let actor = Actor::User(user);
        Ok(Some(Verified { actor, subject, session, scopes: None, expires: claims.refused_from }))
    }

    fn version(&self) -> u64 {
        let versions = [self.users.version(), self.sessions.version(), self.keys.version()];
        versions.into_iter().fold(0, u64::wrapping_add)
    }
}

/// All tokens that an app knows: those of its users, if it has any, and those of its admins.
#[derive(Debug)]
pub struct AppCredentials {
    users: Option<TokenCredentials>,
    admins: Arc<Admins>,
}

impl AppCredentials {
    pub fn new(auth: Option<&Auth>, admins: Arc<Admins>) -> Self {
        Self { users: auth.map(Auth::credentials), admins }
    }
}

impl Credentials for AppCredentials {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<Verified>, Error>> {
        Box::pin(async move {
            if Admins::is_meant(token) {
                return self.admins.verify(token).await;
            }
            match &self.users {
                Some(users) => users.verify(token).await,
                None => Ok(None),
            }
        })
    }

    fn version(&self) -> u64 {
        // All only grow, so their sum is another one whenever one of them is.
        self.users.as_ref().map_or(0, TokenCredentials::version).wrapping_add(self.admins.version())
    }
}
