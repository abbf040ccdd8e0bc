//! Answers that are kept for who asks again. They are written in the transaction of the write that they tell of.

use std::sync::Arc;

use crate::error::Error;
use crate::schema::Schema;
use crate::store::Store;
use crate::system::{Table, When};
use crate::value::{DateTime, Value};

/// The built-in table.
pub const SCHEMA: &str = include_str!("replies.zmodel");

/// So long is an answer kept.
pub const KEPT_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The name of the model.
pub(crate) const MODEL: &str = "Reply";

/// A write that is done once, however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// A hash of who asks, where, and under which key.
    pub id: String,
    /// A hash of what is asked.
    pub fingerprint: String,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub fingerprint: String,
    /// The text that went into the sink.
    pub body: String,
}

#[derive(Debug)]
pub struct Replies {
    table: Table,
}

impl Replies {
    pub fn new(schema: &Arc<Schema>, store: &Arc<dyn Store>) -> Result<Self, Error> {
        Ok(Self { table: Table::builtin(schema, store, MODEL, "answers are kept for who asked for them")? })
    }

    /// What was answered under a key, if that is not too long ago.
    pub async fn find(&self, id: &str, now: DateTime) -> Result<Option<Reply>, Error> {
        let Some(row) = self.table.find(&When::equal("id", id)).await? else { return Ok(None) };
        let since: DateTime = row.get("createdAt")?;
        if since.as_millis() < now.as_millis() - KEPT_MILLIS {
            self.prune(now).await?;
            return Ok(None);
        }
        let body: Option<String> = row.get("body")?;
        Ok(Some(Reply { fingerprint: row.get("fingerprint")?, body: body.unwrap_or_default() }))
    }

    /// Forgets what is too old; how many answers.
    pub async fn prune(&self, now: DateTime) -> Result<u64, Error> {
        let Ok(oldest) = DateTime::from_millis(now.as_millis() - KEPT_MILLIS) else { return Ok(0) };
        self.table.delete(&When::less("createdAt", Value::DateTime(oldest))).await
    }
}
