//! Random policies, rows, actors and requests: what the SQLite store answers is what the in-memory
//! evaluator says. `PURLIN_ORACLE_SEEDS=4000` runs more; a failure names its seed.

use std::sync::Arc;

use purlin::wire::{Database, migrator};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_migrate::Consent;
use purlin_store_sqlite::{Config, SqliteStore};
use purlin_testkit::oracle;

/// Enough for 10,000 compared operations.
const SEEDS: u64 = 400;

#[test]
fn policies_agree_with_the_oracle() {
    let seeds = std::env::var("PURLIN_ORACLE_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
    let first = std::env::var("PURLIN_ORACLE_FIRST").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut compared = 0;
    for seed in first..first + seeds {
        let folder = tempfile::tempdir().unwrap();
        let make_store = |schema: Arc<Schema>| -> Arc<dyn Store> {
            let path = folder.path().join("oracle.db");
            let database = Database { name: "db".to_owned(), path: path.clone(), note: None };
            let (migrator, mut connection) = migrator(folder.path(), &database).unwrap();
            migrator.dev(&schema, &mut connection, &Consent::default()).unwrap();
            Arc::new(SqliteStore::open(Config::new(path), schema).unwrap())
        };
        compared += oracle::run_seed(seed, &make_store);
    }
    assert!(seeds < SEEDS || compared >= 10_000, "only {compared} operations were compared");
}
