//! All that sign-in keeps of a user beside their row, so that it goes with them.

use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_core::system::{Rows, Table, When};
use purlin_core::{DateTime, Error, Value};

use crate::sessions::Sessions;

/// Tables, and the column that says whose a row is. Sessions are ended, not just deleted.
const TABLES: [(&str, &str); 6] = [
    ("Account", "userId"),
    ("ApiKey", "userId"),
    ("Code", "subject"),
    ("Identity", "userId"),
    ("RecoveryCode", "userId"),
    ("SecondFactor", "userId"),
];

#[derive(Debug)]
pub(crate) struct Belongings {
    tables: Vec<(Table, &'static str)>,
    sessions: Arc<Sessions>,
}

impl Belongings {
    pub(crate) fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        sessions: Arc<Sessions>,
    ) -> Result<Self, Error> {
        let reason = "what sign-in keeps of a user goes with them";
        let table = |(name, owner)| Ok((Table::builtin(schema, store, name, reason)?, owner));
        Ok(Self { tables: TABLES.into_iter().map(table).collect::<Result<_, Error>>()?, sessions })
    }

    /// Of users who are gone, or who have come and must not be taken for others that had their keys.
    pub(crate) async fn forget(&self, users: &[String], now: DateTime) -> Result<(), Error> {
        self.sessions.end_all_of(users, now).await?;
        let Some((first, _)) = self.tables.first() else { return Ok(()) };
        let mut batch = first.batch();
        for (table, owner) in &self.tables {
            let theirs = When::one_of(*owner, users.iter().map(|user| Value::from(user.as_str())));
            batch = batch.delete(table, &theirs, Rows::Any)?;
        }
        batch.commit().await.map(|_| ())
    }
}
