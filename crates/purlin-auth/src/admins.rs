//! Admins: people who work on all data of an app from outside of it, by the command line or a studio. They are no
//! users; rules do not bind them, and the engine logs whatever they do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use purlin_core::clock::Clock;
use purlin_core::schema::{Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Row, Rows, Table, When};
use purlin_core::{Actor, Admin, DateTime, Error, Value};
use purlin_http::{Request, Response, Verified, json};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::address::EmailAddress;
use crate::attempts::Attempts;
use crate::flow::no_content;
use crate::input::Input;
use crate::password::{Hasher, Verdict};
use crate::random;
use crate::secret::hex;
use crate::sessions::after;

/// Tells tokens of admins from all others.
const PREFIX: &str = "pla_";
const SESSION: Duration = Duration::from_hours(8);
const MOST_ADMINS: u32 = 1000;

#[derive(Debug)]
pub struct Admins {
    store: Arc<dyn Store>,
    people: Table,
    sessions: Table,
    hasher: Arc<Hasher>,
    attempts: Attempts,
    clock: Arc<dyn Clock>,
}

/// One of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub email: String,
    pub created_at: DateTime,
}

impl Admins {
    pub fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        hasher: Arc<Hasher>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let table = |name| Table::builtin(schema, store, name, "admins stand outside the app's rules");
        Ok(Self {
            people: table("Admin")?,
            sessions: table("AdminSession")?,
            store: Arc::clone(store),
            hasher,
            attempts: Attempts::default(),
            clock,
        })
    }

    /// Conflict where there is one with this address.
    pub async fn create(&self, address: &EmailAddress, password: &str) -> Result<(), Error> {
        let hash = self.hasher.hash(password).await?;
        self.people
            .insert([
                ("id", Value::from(Uuid::now_v7().to_string())),
                ("email", Value::from(address.key())),
                ("password", Value::from(hash.as_str())),
            ])
            .await
            .map(|_| ())
    }

    /// Another password, which ends their sessions; whether there is such an admin.
    pub async fn reset(&self, address: &EmailAddress, password: &str) -> Result<bool, Error> {
        let Some(id) = self.id_of(address).await? else { return Ok(false) };
        let hash = self.hasher.hash(password).await?;
        let own = When::equal("id", id.as_str());
        let set = [("password", Value::from(hash.as_str()))];
        let batch = self.people.batch().update(&self.people, &own, set, Rows::One)?;
        let batch = batch.delete(&self.sessions, &When::equal("adminId", id), Rows::Any)?;
        batch.commit().await?;
        Ok(true)
    }

    /// Whether there was such an admin.
    pub async fn remove(&self, address: &EmailAddress) -> Result<bool, Error> {
        let Some(id) = self.id_of(address).await? else { return Ok(false) };
        let batch = self.people.batch().delete(&self.people, &When::equal("id", id.as_str()), Rows::Any)?;
        let batch = batch.delete(&self.sessions, &When::equal("adminId", id), Rows::Any)?;
        batch.commit().await?;
        Ok(true)
    }

    /// By their addresses.
    pub async fn list(&self) -> Result<Vec<Known>, Error> {
        let rows = self.people.list(&all(), &[("email", SortOrder::Ascending)], MOST_ADMINS).await?;
        rows.iter()
            .map(|row| Ok(Known { email: row.get("email")?, created_at: row.get("createdAt")? }))
            .collect()
    }

    async fn by_address(&self, address: &EmailAddress) -> Result<Option<Row>, Error> {
        self.people.find(&When::equal("email", address.key())).await
    }

    async fn id_of(&self, address: &EmailAddress) -> Result<Option<String>, Error> {
        self.by_address(address).await?.map(|row| row.get("id")).transpose()
    }

    /// `{"data":{"token","expiresIn"}}`; every reason against it is the same answer in the same time.
    pub(crate) async fn login(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (email, password) = (input.text("email"), input.text("password"));
        input.finish()?;
        let address = EmailAddress::parse(&email).ok();
        let account = format!("admin {}", address.as_ref().map_or(email.as_str(), EmailAddress::key));
        self.attempts.begin(&account, request.peer(), Instant::now())?;
        let row = match &address {
            Some(address) => self.by_address(address).await?,
            None => None,
        };
        let stored: Option<String> = row.as_ref().map(|row| row.get("password")).transpose()?;
        let verdict = self.hasher.verify(&password, stored.as_deref()).await?;
        let (Some(row), Verdict::Match { .. }) = (row, verdict) else {
            tracing::warn!(address = %request.peer(), "somebody failed to sign in as an admin");
            return Err(purlin_http::Error::Credentials);
        };
        self.attempts.succeeded(&account, request.peer(), Instant::now());
        let now = self.clock.now();
        self.sessions.delete(&When::at_most("expiresAt", Value::DateTime(now))).await?;
        let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<32>()?.as_slice()));
        let (id, email): (String, String) = (row.get("id")?, row.get("email")?);
        self.sessions
            .insert([
                ("hash", Value::from(hash(&token))),
                ("adminId", Value::from(id)),
                ("expiresAt", Value::DateTime(after(now, SESSION))),
            ])
            .await?;
        tracing::info!(admin = email, address = %request.peer(), "an admin signed in");
        let body = json!({ "data": { "token": token, "expiresIn": SESSION.as_secs() } });
        Ok(json(StatusCode::OK, body.to_string()))
    }

    pub(crate) async fn logout(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let verified = request.verified().await?.ok_or(Error::Unauthenticated)?;
        let Some(session) = verified.session.as_deref().filter(|_| matches!(verified.actor, Actor::Admin(_)))
        else {
            return Err(Error::Denied("this ends sessions of admins".to_owned()).into());
        };
        self.sessions.delete(&When::equal("hash", session)).await?;
        Ok(no_content())
    }

    pub(crate) fn is_meant(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// `None` for every reason alike.
    pub(crate) async fn verify(&self, token: &str) -> Result<Option<Verified>, Error> {
        let hash = hash(token);
        let good = When::equal("hash", hash.as_str())
            .and(When::more("expiresAt", Value::DateTime(self.clock.now())));
        let Some(session) = self.sessions.find(&good).await? else { return Ok(None) };
        let (admin, expires): (String, DateTime) = (session.get("adminId")?, session.get("expiresAt")?);
        let Some(row) = self.people.find(&When::equal("id", admin.as_str())).await? else { return Ok(None) };
        Ok(Some(Verified {
            actor: Actor::Admin(Arc::new(Admin { email: row.get("email")? })),
            subject: format!("admin {admin}").into(),
            session: Some(hash.into()),
            scopes: None,
            expires: u64::try_from(expires.as_millis().div_euclid(1000)).unwrap_or_default(),
        }))
    }

    /// Changes when an admin or a session of theirs comes or goes.
    pub(crate) fn version(&self) -> u64 {
        let of = |table: &Table| self.store.version(table.model().id);
        of(&self.people).wrapping_add(of(&self.sessions))
    }
}

/// 256 random bits need no slow hash.
fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn all() -> When {
    When::null("id").negated()
}
