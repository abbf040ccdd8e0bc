//! Answers that were kept for who asks again go when they are too old.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::clock::{Clock, SystemClock};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_core::{Error, Replies};

const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// For as long as the app runs.
pub fn keep_pruning(schema: &Arc<Schema>, store: &Arc<dyn Store>) -> Result<(), Error> {
    let replies = Replies::new(schema, store)?;
    tokio::spawn(async move {
        let mut rounds = tokio::time::interval(PRUNE_EVERY);
        loop {
            rounds.tick().await;
            match replies.prune(SystemClock.now()).await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "forgot answers that were kept long enough"),
                Err(error) => tracing::warn!(%error, "could not forget answers that were kept long enough"),
            }
        }
    });
    Ok(())
}
