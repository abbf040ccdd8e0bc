//! Random policies, rows, actors and requests: what the SQLite store answers is what the in-memory
//! evaluator says. `PURLIN_ORACLE_SEEDS=4000` runs more; a failure names its seed, `PURLIN_ORACLE_FIRST`
//! starts there.

use std::sync::{Arc, Mutex};

use purlin::wire::{Database, migrator};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_migrate::Consent;
use purlin_store_sqlite::{Config, SqliteStore};
use purlin_testkit::oracle::{self, Tally};

/// Enough for 10,000 compared operations.
const SEEDS: u64 = 400;

/// Seeds at a time: each waits for the disk at every write.
const WORKERS: usize = 4;

/// Seeds beyond those that have failed once.
const REGRESSIONS: &[u64] = &[];

#[test]
fn policies_agree_with_the_oracle() {
    let seeds = number("PURLIN_ORACLE_SEEDS").unwrap_or(SEEDS);
    let first = number("PURLIN_ORACLE_FIRST").unwrap_or(0);
    let queue = Mutex::new(REGRESSIONS.iter().copied().chain(first..first + seeds));
    let work = || {
        let mut tally = Tally::default();
        loop {
            let Some(seed) = queue.lock().unwrap().next() else { return tally };
            tally += run(seed);
        }
    };
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            tally += worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    println!("{tally:?}");
    if seeds < SEEDS {
        return;
    }
    assert!(tally.compared() >= 10_000, "only {} operations were compared", tally.compared());
    let share = |part: u32, whole: u32| part * 100 / whole;
    assert!(share(tally.reads_with_rows, tally.reads) >= 30, "too few reads find a row: {tally:?}");
    assert!(share(tally.writes_done, tally.writes) >= 15, "too few writes succeed: {tally:?}");
}

fn run(seed: u64) -> Tally {
    let folder = tempfile::tempdir().unwrap();
    let make_store = |schema: Arc<Schema>| -> Arc<dyn Store> {
        let path = folder.path().join("oracle.db");
        let database = Database { name: "db".to_owned(), path: path.clone(), note: None };
        let (migrator, mut connection) = migrator(folder.path(), &database).unwrap();
        migrator.dev(&schema, &mut connection, &Consent::default()).unwrap();
        Arc::new(SqliteStore::open(Config::new(path), schema).unwrap())
    };
    oracle::run_seed(seed, &make_store)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
