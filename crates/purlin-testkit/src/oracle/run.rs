//! Many seeds at a time. `PURLIN_ORACLE_SEEDS=4000` runs more of them; a failure names its seed, and
//! `PURLIN_ORACLE_FIRST` starts there.

use std::sync::{Arc, Mutex};

use purlin_core::schema::Schema;
use purlin_core::store::Store;

use super::case::Counting;
use super::seed::run_seed;
use super::tally::Tally;

/// Enough for 10,000 compared operations.
const SEEDS: u64 = 400;

/// Seeds at a time: each waits for the disk or a server at every write.
const WORKERS: usize = 4;

/// Says what was compared. Panics at the first answer that is not the oracle's, or when too little was compared.
pub fn run(counting: Counting, make_store: &(dyn Fn(Arc<Schema>) -> Arc<dyn Store> + Sync)) {
    run_some(SEEDS, counting, make_store);
}

/// As many seeds unless the environment says otherwise, for a server that takes long for each.
#[expect(clippy::print_stdout, reason = "a test's own output")]
pub fn run_some(seeds: u64, counting: Counting, make_store: &(dyn Fn(Arc<Schema>) -> Arc<dyn Store> + Sync)) {
    let seeds = number("PURLIN_ORACLE_SEEDS").unwrap_or(seeds);
    let first = number("PURLIN_ORACLE_FIRST").unwrap_or(0);
    let queue = Mutex::new(first..first + seeds);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let Some(seed) = queue.lock().unwrap().next() else { return tally };
            tally += run_seed(seed, counting, &|schema| make_store(schema));
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
    assert!(share(tally.hits, tally.reads) >= 5, "too few answers come from the cache: {tally:?}");
    assert!(share(tally.writes_done, tally.writes) >= 15, "too few writes succeed: {tally:?}");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
