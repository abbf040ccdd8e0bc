//! One table, and the single reads and writes of it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::batch::{Batch, Rows, Set};
use super::row::Row;
use super::when::{When, field_id};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::operation::Count;
use crate::schema::{FieldKind, Model, ModelId, Schema, SortOrder};
use crate::sink::JsonSink;
use crate::statement::{Cardinality, Column, Guarded, Read, ReadShape, SortKey, SortTarget};
use crate::store::Store;
use crate::value::{DateTime, Value};

#[derive(Clone, Debug)]
pub struct Table {
    schema: Arc<Schema>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    model: ModelId,
    reason: &'static str,
}

impl Table {
    /// A built-in table, by the name that its own schema file gives the model. `reason` says, for whoever
    /// searches, why the policies do not speak here.
    pub fn builtin(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        name: &str,
        reason: &'static str,
    ) -> Result<Self, Error> {
        match schema.builtin(name) {
            Some(model) => Ok(Self::of_model(schema, store, model.id, reason)),
            None => Err(Error::internal(format!("there is no built-in table {name}"))),
        }
    }

    /// The table of any model, such as the auth model.
    pub fn of_model(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        model: ModelId,
        reason: &'static str,
    ) -> Self {
        let (schema, store) = (Arc::clone(schema), Arc::clone(store));
        Self { schema, store, clock: Arc::new(SystemClock), model, reason }
    }

    /// Another clock, for defaults and `@updatedAt`.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    pub fn model(&self) -> &Model {
        self.schema.model(self.model)
    }

    pub(super) fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// Several writes in one transaction, of this and other tables.
    pub fn batch(&self) -> Batch {
        Batch::new(&self.store, self.reason)
    }

    /// The row as it stands then, with its defaults. A unique key that is taken is an `Error::Conflict`.
    pub async fn insert<'v>(&self, values: impl IntoIterator<Item = (&'v str, Value)>) -> Result<Row, Error> {
        let inserted = self.batch().insert(self, values)?.commit().await?;
        inserted.into_iter().next().ok_or_else(|| Error::internal("an insert answered no row"))
    }

    /// How many rows satisfied the condition and were changed, in one step: of two who set a row from
    /// unused to used at the same time, one hears 1 and the other 0.
    pub async fn update<'v, S: Into<Set>>(
        &self,
        when: &When,
        changes: impl IntoIterator<Item = (&'v str, S)>,
    ) -> Result<u64, Error> {
        Ok(self.batch().update(self, when, changes, Rows::Any)?.run().await?.0)
    }

    /// How many rows went.
    pub async fn delete(&self, when: &When) -> Result<u64, Error> {
        Ok(self.batch().delete(self, when, Rows::Any)?.run().await?.0)
    }

    /// The first row by the primary key, where several satisfy the condition.
    pub async fn find(&self, when: &When) -> Result<Option<Row>, Error> {
        Ok(self.list(when, &[], 1).await?.into_iter().next())
    }

    /// Ordered by these fields, then by the primary key.
    pub async fn list(
        &self,
        when: &When,
        order: &[(&str, SortOrder)],
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let mut sink = JsonSink::default();
        let read = self.read(when, order, limit, Count::None)?;
        self.store.read(&read, &mut sink).await?;
        let rows: Vec<Json> = serde_json::from_slice(&sink.into_bytes()).map_err(Error::internal)?;
        rows.iter().map(|row| Row::from_json(&self.schema, self.model(), row)).collect()
    }

    /// Whether it has as many rows as this, or more.
    pub async fn has_rows(&self, number: u32) -> Result<bool, Error> {
        let read = self.read(&When::Always, &[], 0, Count::Capped(number))?;
        let outcome = self.store.read(&read, &mut JsonSink::default()).await?;
        Ok(outcome.total.is_some_and(|total| total.rows >= u64::from(number)))
    }

    pub async fn count(&self, when: &When) -> Result<u64, Error> {
        let read = self.read(when, &[], 0, Count::Exact)?;
        let outcome = self.store.read(&read, &mut JsonSink::default()).await?;
        Ok(outcome.total.map_or(0, |total| total.rows))
    }

    fn read(
        &self,
        when: &When,
        order: &[(&str, SortOrder)],
        limit: u32,
        count: Count,
    ) -> Result<Guarded<Read>, Error> {
        let model = self.model();
        let mut params = Vec::new();
        let filter = when.lower(model, &mut params)?;
        let mut sorted = Vec::with_capacity(order.len() + 1);
        for (name, direction) in order {
            sorted.push((field_id(model, name)?, *direction));
        }
        sorted.extend(model.key_fields().map(|key| (key.id, SortOrder::Ascending)));
        let shape = ReadShape {
            model: model.id,
            cardinality: Cardinality::Many,
            columns: model
                .columns()
                .filter(|field| !matches!(field.kind, FieldKind::Unsupported(_)))
                .map(|field| Column { field: field.id, guard: None })
                .collect(),
            includes: Vec::new(),
            counts: Vec::new(),
            filter,
            order: sorted
                .into_iter()
                .map(|(field, direction)| SortKey {
                    target: SortTarget::Column { relations: Vec::new(), field, guard: None },
                    direction,
                    nulls: None,
                })
                .collect(),
            after: None,
            from: None,
            limit: Some(u64::from(limit)),
            offset: None,
            is_backward: false,
            distinct: Vec::new(),
            wants_last_keys: false,
            aggregate: None,
        };
        let read = Read { shape: Arc::new(shape), params, count };
        Ok(Guarded::as_system(read, self.reason))
    }
}
