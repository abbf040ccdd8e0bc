//! What all flows share.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use purlin_core::clock::Clock;
use purlin_core::mail::{Mail, Mailer};
use purlin_core::schema::Schema;
use purlin_core::sign_in::{SignInEvent, SignInEvents};
use purlin_core::store::Store;
use purlin_core::system::Table;
use purlin_core::{DateTime, Engine, Error, User};
use purlin_http::{Request, Verified};
use serde_json::json;
use uuid::Uuid;

use crate::attempts::Attempts;
use crate::belongings::Belongings;
use crate::codes::Codes;
use crate::credentials::TokenCredentials;
use crate::identities::Identities;
use crate::keys::Keys;
use crate::oauth::{ExchangeCodes, Providers, Targets};
use crate::pace::MailPace;
use crate::password::{Hasher, Judge, PasswordRules};
use crate::refresh::RefreshToken;
use crate::second_factor::SecondFactors;
use crate::secret::ServerKey;
use crate::sessions::{Device, Sessions};
use crate::settings::Settings;
use crate::token::AccessTokens;
use crate::users::Users;

const PRUNE_EVERY: Duration = Duration::from_mins(10);

/// Signing in, for one app.
#[derive(Debug)]
pub struct Auth {
    pub(crate) settings: Settings,
    pub(crate) users: Arc<Users>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) codes: Codes,
    pub(crate) keys: Arc<Keys>,
    pub(crate) identities: Identities,
    pub(crate) second_factors: SecondFactors,
    pub(crate) belongings: Belongings,
    pub(crate) accounts: Table,
    pub(crate) providers: Providers,
    pub(crate) targets: Targets,
    pub(crate) exchange_codes: ExchangeCodes,
    pub(crate) key: Arc<ServerKey>,
    pub(crate) tokens: Arc<AccessTokens>,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) judge: Judge,
    pub(crate) schema: Arc<Schema>,
    pub(crate) attempts: Attempts,
    pub(crate) pace: MailPace,
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<dyn SignInEvents>,
}

/// What signing in stands on.
#[derive(Debug)]
pub struct Parts {
    pub engine: Arc<Engine>,
    /// With the built-in tables.
    pub schema: Arc<Schema>,
    pub store: Arc<dyn Store>,
    pub key: Arc<ServerKey>,
    pub tokens: Arc<AccessTokens>,
    pub hasher: Arc<Hasher>,
    pub mailer: Arc<dyn Mailer>,
    pub clock: Arc<dyn Clock>,
    pub events: Arc<dyn SignInEvents>,
}

/// Who is signed in now, and what the client gets for it.
pub(crate) struct SignedIn {
    pub user: Arc<User>,
    pub key: String,
    pub session: Uuid,
    pub refresh: RefreshToken,
}

impl Auth {
    /// The message says what the schema lacks.
    pub fn new(parts: Parts, settings: Settings) -> Result<Self, String> {
        let Parts { engine, schema, store, key, tokens, hasher, mailer, clock, events } = parts;
        let users = Users::new(&engine, &store, settings.profile_fields.as_deref())?;
        let internal = |error: Error| error.to_string();
        let sessions = Sessions::new(&schema, &store, Arc::clone(&key), &settings).map_err(internal)?;
        let sessions = Arc::new(sessions);
        let base = format!("{}{}", settings.public_url, settings.base_path);
        let accounts = Table::builtin(&schema, &store, "Account", "accounts belong to sign-in");
        Ok(Self {
            users: Arc::new(users),
            belongings: Belongings::new(&schema, &store, Arc::clone(&sessions)).map_err(internal)?,
            sessions,
            keys: Arc::new(Keys::new(&schema, &store).map_err(internal)?),
            identities: Identities::new(&schema, &store).map_err(internal)?,
            second_factors: SecondFactors::new(&schema, &store, Arc::clone(&key)).map_err(internal)?,
            codes: Codes::new(&schema, &store, Arc::clone(&key)).map_err(internal)?,
            exchange_codes: ExchangeCodes::new(&schema, &store, Arc::clone(&key)).map_err(internal)?,
            providers: Providers::new(&settings.providers, &base)?,
            targets: if settings.providers.is_empty() {
                Targets::default()
            } else {
                Targets::new(&settings.link_base, &settings.origins)?
            },
            key,
            accounts: accounts.map_err(internal)?,
            judge: Judge::new(&schema, PasswordRules::at_least(settings.least_password))
                .map_err(|errors| errors.join("; "))?,
            schema,
            attempts: Attempts::default(),
            pace: MailPace::default(),
            settings,
            tokens,
            hasher,
            mailer,
            clock,
            events,
        })
    }

    /// For the app's bearer tokens.
    pub(crate) fn credentials(&self) -> TokenCredentials {
        TokenCredentials {
            tokens: Arc::clone(&self.tokens),
            users: Arc::clone(&self.users),
            sessions: Arc::clone(&self.sessions),
            keys: Arc::clone(&self.keys),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Forgets sessions, codes and accounts that are over; how many rows.
    pub async fn prune(&self) -> Result<u64, Error> {
        let now = self.now();
        let unverified = match self.settings.delete_unverified_after {
            Some(age) => self.delete_unverified(age).await?,
            None => 0,
        };
        Ok(self.sessions.prune(now).await? + self.codes.prune(now).await? + unverified)
    }

    /// Prunes now and then, for as long as the app is there.
    pub async fn keep_pruning(auth: Weak<Self>) {
        if let Some(auth) = auth.upgrade() {
            match auth.second_factors.reseal().await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "sealed second factors with the new secret"),
                Err(error) => tracing::warn!(%error, "could not seal second factors with the new secret"),
            }
        }
        let mut rounds = tokio::time::interval(PRUNE_EVERY);
        loop {
            rounds.tick().await;
            let Some(auth) = auth.upgrade() else { return };
            match auth.prune().await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "forgot sessions and codes that are over"),
                Err(error) => tracing::warn!(%error, "could not forget sessions that are over"),
            }
        }
    }

    /// For what is of no use without mail. Tells nothing of any account.
    pub(crate) fn need_mail(&self) -> Result<(), Error> {
        if self.mailer.is_configured() {
            return Ok(());
        }
        Err(Error::Unsupported("this server is not configured to send mail".to_owned()))
    }

    pub(crate) fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// A new session. `None` for who is not active.
    pub(crate) async fn sign_in(
        &self,
        key: &str,
        method: &str,
        device: &Device,
    ) -> Result<Option<SignedIn>, Error> {
        let Some(user) = self.users.load(key).await? else { return Ok(None) };
        self.events.before_sign_in(key, method).await?;
        let (session, refresh) = self.sessions.start(key, method, device, self.now()).await?;
        self.tell(key, SignInEvent::SignedIn { method }).await;
        Ok(Some(SignedIn { user, key: key.to_owned(), session, refresh }))
    }

    /// For the log, and for whoever listens.
    pub(crate) async fn tell(&self, user: &str, event: SignInEvent<'_>) {
        tracing::info!(target: "purlin::audit", user, by = event.by(), "{}", event.name());
        self.events.happened(user, event).await;
    }

    /// Before a secret is looked at.
    pub(crate) fn begin_guess(&self, account: &str, request: &Request) -> Result<(), Error> {
        self.attempts.begin(account, request.peer(), Instant::now())
    }

    pub(crate) fn guessed_right(&self, account: &str, request: &Request) {
        self.attempts.succeeded(account, request.peer(), Instant::now());
    }

    /// The user who calls, in a session: what is limited to scopes may not change how one signs in.
    pub(crate) async fn signed_in(
        &self,
        request: &Request,
    ) -> Result<(Arc<Verified>, String), purlin_http::Error> {
        let verified = request.verified().await?.ok_or(Error::Unauthenticated)?;
        if verified.scopes.is_some() {
            let text = "this needs a user who is signed in, not an API key".to_owned();
            return Err(Error::Denied(text).into());
        }
        let key = self.user_key(&verified)?;
        Ok((verified, key))
    }

    /// Admins are no users.
    pub(crate) fn user_key(&self, verified: &Verified) -> Result<String, Error> {
        match verified.actor.user() {
            Some(user) => self.users.key_of_user(user),
            None => Err(Error::Denied("this is for users of the app".to_owned())),
        }
    }

    /// `link` is a path below the front end, with what must be given back.
    pub(crate) async fn mail(
        &self,
        to: &str,
        name: Option<&str>,
        template: &'static str,
        link: Option<String>,
        code: Option<&str>,
        minutes: u64,
    ) -> Result<(), Error> {
        let url = link.map(|link| format!("{}{link}", self.settings.link_base));
        let data = json!({
            "app": self.settings.app_name,
            "name": name,
            "url": url,
            "code": code,
            "minutes": minutes,
        });
        self.mailer.send(Mail { to: to.to_owned(), template: template.into(), data, locale: None }).await
    }
}

pub(crate) fn device(request: &Request) -> Device {
    let agent = request.headers().get(http::header::USER_AGENT);
    Device {
        user_agent: agent.and_then(|agent| agent.to_str().ok()).map(str::to_owned),
        address: request.peer().to_string(),
    }
}
