//! Reads: guard, then one round to the store.

use super::{Answer, Engine};
use crate::actor::Actor;
use crate::advice::wanted_index;
use crate::cache::{CacheUse, OfModel};
use crate::error::Error;
use crate::operation::{Action, Operation};
use crate::policy::{Ruled, guard_aggregate, guard_list, parent_exists, prepared_get};
use crate::schema::ModelId;
use crate::sink::{JsonSink, RowSink};
use crate::statement::ReadOutcome;

impl Engine {
    pub(super) async fn read(
        &self,
        actor: &Actor,
        operation: &Operation,
        mut sink: Box<dyn RowSink>,
        cache: Option<OfModel<'_>>,
    ) -> Result<Answer, Error> {
        let ruled = match &operation.action {
            Action::Get { key, selection } => {
                let prepared = self.prepared(actor);
                let guard = || self.guard(actor);
                prepared_get(&self.schema, guard, operation.model, key, selection, prepared, &self.shapes)?
            }
            Action::List(query) => {
                if let Some(advisor) = self.advisor.get() {
                    let fields = wanted_index(self.schema.model(operation.model), query);
                    if !fields.is_empty() && operation.within.is_none() {
                        advisor.unindexed(operation.model, &fields);
                    }
                }
                // First, so that whoever may read no such row hears the same below every parent.
                let list = guard_list(self.guard(actor), operation.model, query, operation.within.as_ref())?;
                if let Some(within) = &operation.within {
                    let parent = parent_exists(self.guard(actor), within);
                    // Where the answer is kept, so is this, and only texts are.
                    let (parent, _) = self.ask(&parent, &mut JsonSink::default(), cache).await?;
                    if parent.rows == 0 {
                        return Err(Error::NotFound);
                    }
                }
                list
            }
            Action::Aggregate(aggregate) => guard_aggregate(self.guard(actor), operation.model, aggregate)?,
            _ => return Err(Error::internal("a write came to the read pipeline")),
        };
        let (outcome, cache) = self.ask(&ruled, sink.as_mut(), cache).await?;
        if outcome.rows == 0 && matches!(operation.action, Action::Get { .. }) {
            return Err(Error::NotFound);
        }
        Ok(Answer { sink, outcome, keys: Vec::new(), is_made: false, cache })
    }

    async fn ask(
        &self,
        ruled: &Ruled,
        sink: &mut dyn RowSink,
        cache: Option<OfModel<'_>>,
    ) -> Result<(ReadOutcome, Option<CacheUse>), Error> {
        let (outcome, cache) = match cache {
            None => (self.store.read(&ruled.read, sink).await?, None),
            Some(cache) if !ruled.asked_time && sink.text().is_some() => {
                let now = self.clock.now();
                let read = cache.read(&self.schema, &*self.store, &ruled.read, now, sink);
                let (outcome, used) = Box::pin(read).await?;
                (outcome, Some(used))
            }
            Some(_) => (self.store.read(&ruled.read, sink).await?, Some(CacheUse::Bypass)),
        };
        Ok((outcome, cache))
    }

    /// For reads by who is bound by rules: admins and the app itself are shown the database, whoever asked before.
    pub(super) fn cache_of(&self, actor: &Actor, model: ModelId) -> Option<OfModel<'_>> {
        if actor.passes_rules() {
            return None;
        }
        self.cache.as_ref()?.of_model(model)
    }
}
