//! Random policies, rows, actors and requests: what the store answers is what the in-memory evaluator says.

use purlin_testkit::oracle::{self, Counting};

use crate::databases::in_database;

/// The test server takes a second for each.
const SEEDS: u64 = 25;

#[test]
fn policies_agree_with_the_oracle() {
    oracle::run_some(SEEDS, Counting::WithGaps, &in_database);
}
