//! Reads: guard, then one round to the store.

use super::{Answer, Engine};
use crate::actor::Actor;
use crate::advice::wanted_index;
use crate::error::Error;
use crate::operation::{Action, Operation};
use crate::policy::{guard_aggregate, guard_list, parent_exists, prepared_get};
use crate::sink::{NullSink, RowSink};

impl Engine {
    pub(super) async fn read(
        &self,
        actor: &Actor,
        operation: &Operation,
        mut sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let statement = match &operation.action {
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
                    if self.store.read(&parent, &mut NullSink).await?.rows == 0 {
                        return Err(Error::NotFound);
                    }
                }
                list
            }
            Action::Aggregate(aggregate) => guard_aggregate(self.guard(actor), operation.model, aggregate)?,
            _ => return Err(Error::internal("a write came to the read pipeline")),
        };
        let outcome = self.store.read(&statement, sink.as_mut()).await?;
        if outcome.rows == 0 && matches!(operation.action, Action::Get { .. }) {
            return Err(Error::NotFound);
        }
        Ok(Answer { sink, outcome, keys: Vec::new(), is_made: false })
    }
}
