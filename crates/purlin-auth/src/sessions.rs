//! Who is signed in where: families of refresh tokens, each token good once.
//!
//! RFC 9700, 4.14: a token that was used already ends its session, for one of the two who hold it is not the
//! user. An answer that was lost may be asked for again within a moment, and is the same.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::{ModelId, Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Row, Rows, Set, Table, When};
use purlin_core::{DateTime, Error, Value};
use uuid::Uuid;

use crate::refresh::RefreshToken;
use crate::secret::ServerKey;
use crate::settings::Settings;

/// A client whose answer was lost may repeat its request for so long.
const GRACE: Duration = Duration::from_secs(10);
/// An access token may be good a little beyond its lifetime, for clocks that differ.
const LEEWAY: Duration = Duration::from_mins(1);
const MOST_LISTED: u32 = 100;
/// What is kept of what a client says of itself.
const LONGEST_AGENT: usize = 200;

#[derive(Debug)]
pub(crate) struct Sessions {
    store: Arc<dyn Store>,
    families: Table,
    ended: Table,
    ended_model: ModelId,
    key: Arc<ServerKey>,
    idle: Duration,
    lifetime: Duration,
    remembered: Duration,
}

/// Where a session is used from, for its owner's eyes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Device {
    pub user_agent: Option<String>,
    pub address: String,
}

/// A session that goes on: whose, and the token for the next time.
#[derive(Debug)]
pub(crate) struct Continued {
    pub user: String,
    pub session: Uuid,
    pub token: RefreshToken,
}

impl Sessions {
    pub(crate) fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        key: Arc<ServerKey>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let table = |name| Table::builtin(schema, store, name, "sessions belong to sign-in");
        let ended = table("EndedSession")?;
        Ok(Self {
            store: Arc::clone(store),
            families: table("Session")?,
            ended_model: ended.model().id,
            ended,
            key,
            idle: settings.session_idle,
            lifetime: settings.session_lifetime,
            remembered: settings.access_lifetime + LEEWAY,
        })
    }

    /// Changes when a session has ended whose access tokens may still be good.
    pub(crate) fn version(&self) -> u64 {
        self.store.version(self.ended_model)
    }

    pub(crate) async fn start(
        &self,
        user: &str,
        method: &str,
        device: &Device,
        now: DateTime,
    ) -> Result<(Uuid, RefreshToken), Error> {
        let session = Uuid::now_v7();
        let token = RefreshToken::first(&self.key, session)?;
        let agent = device.user_agent.as_deref().map(shortened).map_or(Value::Null, Value::from);
        self.families
            .insert([
                ("id", Value::from(session.to_string())),
                ("userId", Value::from(user)),
                ("tokenHash", Value::from(token.hash())),
                ("rotatedAt", Value::DateTime(now)),
                ("lastUsedAt", Value::DateTime(now)),
                ("expiresAt", Value::DateTime(after(now, self.lifetime))),
                ("idleUntil", Value::DateTime(after(now, self.idle))),
                ("method", Value::from(method)),
                ("userAgent", agent),
                ("address", Value::from(device.address.as_str())),
            ])
            .await?;
        Ok((session, token))
    }

    /// The next token for this one. `None` for every reason alike.
    pub(crate) async fn refresh(&self, text: &str, now: DateTime) -> Result<Option<Continued>, Error> {
        let Ok(given) = RefreshToken::parse(&self.key, text) else { return Ok(None) };
        let session = given.session();
        let hash = given.hash();
        let next = given.successor(&self.key);
        let is_current = by_id(session).and(When::equal("tokenHash", hash.as_str()));
        let turned = self
            .families
            .update(
                &is_current.and(Self::is_alive(now)),
                [
                    ("tokenHash", Set::from(Value::from(next.hash()))),
                    ("previousHash", Set::from(Value::from(hash.as_str()))),
                    ("rotatedAt", Set::from(Value::DateTime(now))),
                    ("lastUsedAt", Set::from(Value::DateTime(now))),
                    ("idleUntil", Set::from(Value::DateTime(after(now, self.idle)))),
                ],
            )
            .await?;
        let Some(row) = self.families.find(&by_id(session)).await? else { return Ok(None) };
        let user: String = row.get("userId")?;
        if turned == 1 || Self::is_repeated(&row, &hash, &next, now)? {
            return Ok(Some(Continued { user, session, token: next }));
        }
        if is_over(&row, now)? {
            return Ok(None);
        }
        // Ours, and used before: somebody else has it too.
        tracing::warn!(%session, user, "a refresh token was used twice; its session was ended");
        self.end(session, now).await?;
        Ok(None)
    }

    /// The token before the present one, used again at once: the answer was lost.
    fn is_repeated(row: &Row, hash: &str, next: &RefreshToken, now: DateTime) -> Result<bool, Error> {
        let previous: Option<String> = row.get("previousHash")?;
        let current: String = row.get("tokenHash")?;
        let rotated: DateTime = row.get("rotatedAt")?;
        let is_recent = now <= after(rotated, GRACE);
        Ok(is_recent && previous.as_deref() == Some(hash) && current == next.hash() && !is_over(row, now)?)
    }

    fn is_alive(now: DateTime) -> When {
        When::more("expiresAt", Value::DateTime(now)).and(When::more("idleUntil", Value::DateTime(now)))
    }

    /// Whether access tokens of the session are still good.
    pub(crate) async fn has_ended(&self, session: Uuid) -> Result<bool, Error> {
        Ok(self.ended.find(&by_id(session)).await?.is_some())
    }

    /// Whether it is there still. What has ended is forgotten with its last access token, so that not being among
    /// those that ended says nothing later.
    pub(crate) async fn goes_on(&self, user: &str, session: Uuid, now: DateTime) -> Result<bool, Error> {
        let own = by_id(session).and(When::equal("userId", user)).and(Self::is_alive(now));
        Ok(self.families.find(&own).await?.is_some())
    }

    /// Its access tokens are refused from now on.
    pub(crate) async fn end(&self, session: Uuid, now: DateTime) -> Result<(), Error> {
        let forget_at = Value::DateTime(after(now, self.remembered));
        let batch = self.families.batch().delete(&self.families, &by_id(session), Rows::Any)?;
        // It may have been ended before.
        let batch = batch
            .delete(&self.ended, &by_id(session), Rows::Any)?
            .insert(&self.ended, [("id", Value::from(session.to_string())), ("forgetAt", forget_at)])?;
        batch.commit().await.map(|_| ())
    }

    /// Ends the session of a refresh token, if there is one; whose it was. A token that was used already ends it too, as it
    /// would by being used again.
    pub(crate) async fn end_by(&self, text: &str, now: DateTime) -> Result<Option<String>, Error> {
        let Ok(given) = RefreshToken::parse(&self.key, text) else { return Ok(None) };
        let Some(row) = self.families.find(&by_id(given.session())).await? else { return Ok(None) };
        self.end(given.session(), now).await?;
        row.get("userId").map(Some)
    }

    /// Ends one session of this user; whether there was one.
    pub(crate) async fn end_of(&self, user: &str, session: Uuid, now: DateTime) -> Result<bool, Error> {
        let own = by_id(session).and(When::equal("userId", user));
        let is_own = self.families.find(&own).await?.is_some();
        if is_own {
            self.end(session, now).await?;
        }
        Ok(is_own)
    }

    /// Ends all of a user's sessions but `keep`; how many.
    pub(crate) async fn end_all(&self, user: &str, keep: Option<Uuid>, now: DateTime) -> Result<u64, Error> {
        let mut own = When::equal("userId", user);
        if let Some(keep) = keep {
            own = own.and(by_id(keep).negated());
        }
        self.end_where(&own, now).await
    }

    /// Ends all sessions of several users; how many.
    pub(crate) async fn end_all_of(&self, users: &[String], now: DateTime) -> Result<u64, Error> {
        let theirs = When::one_of("userId", users.iter().map(|user| Value::from(user.as_str())));
        self.end_where(&theirs, now).await
    }

    async fn end_where(&self, when: &When, now: DateTime) -> Result<u64, Error> {
        let mut ended = 0;
        loop {
            let rows = self.families.list(when, &[], MOST_LISTED).await?;
            if rows.is_empty() {
                return Ok(ended);
            }
            for row in rows {
                let id: String = row.get("id")?;
                let id = Uuid::parse_str(&id).map_err(Error::internal)?;
                self.end(id, now).await?;
                ended += 1;
            }
        }
    }

    /// The newest first.
    pub(crate) async fn list(&self, user: &str, now: DateTime) -> Result<Vec<Row>, Error> {
        let own = When::equal("userId", user).and(Self::is_alive(now));
        self.families.list(&own, &[("lastUsedAt", SortOrder::Descending)], MOST_LISTED).await
    }

    /// Forgets what is over; how many rows.
    pub(crate) async fn prune(&self, now: DateTime) -> Result<u64, Error> {
        let now = Value::DateTime(now);
        let over = When::at_most("expiresAt", now.clone()).or(When::at_most("idleUntil", now.clone()));
        let sessions = self.families.delete(&over).await?;
        Ok(sessions + self.ended.delete(&When::at_most("forgetAt", now)).await?)
    }
}

fn by_id(session: Uuid) -> When {
    When::equal("id", session.to_string())
}

fn is_over(row: &Row, now: DateTime) -> Result<bool, Error> {
    let expires: DateTime = row.get("expiresAt")?;
    let idle: DateTime = row.get("idleUntil")?;
    Ok(expires <= now || idle <= now)
}

/// Beyond the calendar's end there is nothing.
pub(crate) fn after(time: DateTime, duration: Duration) -> DateTime {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_millis(time.as_millis().saturating_add(millis)).unwrap_or(time)
}

/// Without what could forge a line of a log.
fn shortened(agent: &str) -> String {
    agent.chars().filter(|letter| !letter.is_control()).take(LONGEST_AGENT).collect()
}
