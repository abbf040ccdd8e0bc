//! API keys: shown once, kept as a hash, limited to scopes.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::{ModelId, Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Row, Table, When};
use purlin_core::{DateTime, Error, Value};
use purlin_http::Scopes;
use uuid::Uuid;

use crate::api_key::ApiKey;
use crate::sessions::after;

/// Keys say where they belong, for whoever finds one.
const ENVIRONMENT: &str = "live";
/// More than anybody keeps apart.
const MOST_KEYS: u32 = 100;
/// For so long a key that was verified is not looked at again, and its use not noted.
const VERIFIED_FOR: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct Keys {
    store: Arc<dyn Store>,
    table: Table,
    model: ModelId,
    uses: Table,
}

/// A key that is good.
pub(crate) struct KnownKey {
    pub user: String,
    pub scopes: Scopes,
    /// Until then it need not be looked at again.
    pub until: DateTime,
}

impl Keys {
    pub(crate) fn new(schema: &Arc<Schema>, store: &Arc<dyn Store>) -> Result<Self, Error> {
        let table = |name| Table::builtin(schema, store, name, "API keys belong to sign-in");
        let keys = table("ApiKey")?;
        Ok(Self { store: Arc::clone(store), model: keys.model().id, table: keys, uses: table("ApiKeyUse")? })
    }

    /// Changes with every key that is made or taken away.
    pub(crate) fn version(&self) -> u64 {
        self.store.version(self.model)
    }

    /// The key, which nobody sees again, and its row.
    pub(crate) async fn make(
        &self,
        user: &str,
        name: &str,
        scopes: &Scopes,
        expires: Option<DateTime>,
    ) -> Result<(ApiKey, Row), Error> {
        let own = When::equal("userId", user);
        if self.table.count(&own).await? >= u64::from(MOST_KEYS) {
            return Err(Error::invalid("", format!("you have {MOST_KEYS} keys; take one away first")));
        }
        let key = ApiKey::generate(ENVIRONMENT)?;
        let scopes: Vec<&str> = scopes.iter().collect();
        let row = self
            .table
            .insert([
                ("id", Value::from(Uuid::now_v7().to_string())),
                ("hash", Value::from(key.hash())),
                ("userId", Value::from(user)),
                ("name", Value::from(name)),
                ("hint", Value::from(key.hint())),
                ("scopes", Value::from(scopes.join(" "))),
                ("expiresAt", expires.map_or(Value::Null, Value::DateTime)),
            ])
            .await?;
        Ok((key, row))
    }

    /// `None` for every reason alike.
    pub(crate) async fn verify(&self, text: &str, now: DateTime) -> Result<Option<KnownKey>, Error> {
        let Ok(key) = ApiKey::parse(text) else { return Ok(None) };
        let Some(row) = self.table.find(&When::equal("hash", key.hash())).await? else { return Ok(None) };
        let expires: Option<DateTime> = row.get("expiresAt")?;
        if expires.is_some_and(|expires| expires <= now) {
            return Ok(None);
        }
        let scopes: String = row.get("scopes")?;
        let scopes = Scopes::parse(scopes.split(' ')).map_err(Error::internal)?;
        self.note_use(&row.get::<String>("id")?, now).await?;
        let until = after(now, VERIFIED_FOR);
        let until = expires.map_or(until, |expires| expires.min(until));
        Ok(Some(KnownKey { user: row.get("userId")?, scopes, until }))
    }

    async fn note_use(&self, id: &str, now: DateTime) -> Result<(), Error> {
        let now = Value::DateTime(now);
        if self.uses.update(&When::equal("id", id), [("usedAt", now.clone())]).await? > 0 {
            return Ok(());
        }
        match self.uses.insert([("id", Value::from(id)), ("usedAt", now)]).await {
            // Another request was first: as good.
            Ok(_) | Err(Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// With the time of the last use of each.
    pub(crate) async fn list(&self, user: &str) -> Result<Vec<(Row, Option<DateTime>)>, Error> {
        let own = When::equal("userId", user);
        let rows = self.table.list(&own, &[("createdAt", SortOrder::Descending)], MOST_KEYS).await?;
        let ids: Result<Vec<Value>, Error> =
            rows.iter().map(|row| row.get::<String>("id").map(Value::from)).collect();
        let uses = self.uses.list(&When::one_of("id", ids?), &[], MOST_KEYS).await?;
        let mut list = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.get("id")?;
            let used = uses.iter().find(|used| used.get::<String>("id").is_ok_and(|other| other == id));
            let used = used.map(|used| used.get("usedAt")).transpose()?;
            list.push((row, used));
        }
        Ok(list)
    }

    /// Whether this user had such a key.
    pub(crate) async fn remove(&self, user: &str, id: &str) -> Result<bool, Error> {
        let own = When::equal("id", id).and(When::equal("userId", user));
        let is_gone = self.table.delete(&own).await? > 0;
        if is_gone {
            self.uses.delete(&When::equal("id", id)).await?;
        }
        Ok(is_gone)
    }
}
