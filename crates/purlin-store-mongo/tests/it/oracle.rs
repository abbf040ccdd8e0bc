//! Random policies, rows, actors and requests: what the store answers is what the in-memory evaluator says.
//! `PURLIN_ORACLE_SEEDS=400` runs more; a failure names its seed, `PURLIN_ORACLE_FIRST` starts there.

use std::sync::Mutex;

use purlin_testkit::oracle::{self, Tally};

use crate::databases::in_database;

const SEEDS: u64 = 25;
const WORKERS: usize = 3;

#[test]
fn policies_agree_with_the_oracle() {
    let seeds = number("PURLIN_ORACLE_SEEDS").unwrap_or(SEEDS);
    let first = number("PURLIN_ORACLE_FIRST").unwrap_or(0);
    let queue = Mutex::new(first..first + seeds);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let Some(seed) = queue.lock().unwrap().next() else { return tally };
            tally += oracle::run_seed(seed, &in_database);
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
    assert!(tally.compared() >= u32::try_from(seeds).unwrap() * 10, "{tally:?}");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
