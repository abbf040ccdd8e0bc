//! What reads and writes of a store share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use mongodb::{Client, Database};
use purlin_core::changes::Changes;
use purlin_core::schema::Schema;

use crate::config::Config;

#[derive(Debug)]
pub(crate) struct Shared {
    pub schema: Arc<Schema>,
    pub config: Config,
    pub client: Client,
    pub database: Database,
    /// Whether the deployment has them: a replica set or a sharded cluster.
    pub has_transactions: bool,
    pub changes: Changes,
    /// Executed so far.
    pub statements: AtomicU64,
    pub is_closed: AtomicBool,
}
