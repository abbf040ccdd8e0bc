//! Reads: guard, then one round to the store.

use super::{Answer, Engine};
use crate::actor::Actor;
use crate::error::Error;
use crate::operation::{Action, Operation};
use crate::policy::{guard_get, guard_list, parent_exists};
use crate::sink::{NullSink, RowSink};

impl Engine {
    pub(super) async fn read(
        &self,
        actor: &Actor,
        operation: &Operation,
        mut sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let statement = match &operation.action {
            Action::Get { key, selection } => guard_get(self.guard(actor), operation.model, key, selection)?,
            Action::List(query) => {
                if let Some(within) = &operation.within {
                    let parent = parent_exists(self.guard(actor), within);
                    if self.store.read(&parent, &mut NullSink).await?.rows == 0 {
                        return Err(Error::NotFound);
                    }
                }
                guard_list(self.guard(actor), operation.model, query, operation.within.as_ref())?
            }
            _ => return Err(Error::internal("a write came to the read pipeline")),
        };
        let outcome = self.store.read(&statement, sink.as_mut()).await?;
        if outcome.rows == 0 && matches!(operation.action, Action::Get { .. }) {
            return Err(Error::NotFound);
        }
        Ok(Answer { sink, outcome, key: None })
    }
}
