//! The one pipeline: admit → validate → guard → store → sink. Every surface comes through here.

use std::sync::Arc;

use crate::actor::Actor;
use crate::error::Error;
use crate::operation::Operation;
use crate::schema::{FieldId, ModelId, Schema};
use crate::sink::RowSink;
use crate::statement::ReadOutcome;
use crate::store::Store;
use crate::value::Value;

/// Access to models that have no rule at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DefaultAccess {
    #[default]
    Deny,
    Authenticated,
    Public,
}

/// What an operation gave.
pub struct Answer {
    /// The sink that was given, with the rows in it. After a write whose result may not be read
    /// it holds `null`; after a delete nothing.
    pub sink: Box<dyn RowSink>,
    pub outcome: ReadOutcome,
    /// After the create of one row: its key, for `Location`.
    pub key: Option<Vec<(FieldId, Value)>>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answer").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub struct Engine {
    schema: Arc<Schema>,
    store: Arc<dyn Store>,
    default_access: DefaultAccess,
}

impl Engine {
    pub fn new(schema: Arc<Schema>, store: Arc<dyn Store>, default_access: DefaultAccess) -> Self {
        Self { schema, store, default_access }
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Runs one operation as `actor`. Reads are written to the sink as one value: a list, an object.
    pub async fn run(
        &self,
        actor: &Actor,
        operation: Operation,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let _ = (actor, operation, sink, self.default_access);
        Err(Error::Unsupported("not built yet".to_owned()))
    }

    /// The row of the auth model with this id, for the authenticator.
    pub async fn load_user(&self, _model: ModelId, _id: &Value) -> Result<Option<crate::actor::User>, Error> {
        Err(Error::Unsupported("not built yet".to_owned()))
    }
}
