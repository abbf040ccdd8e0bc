//! The store against the conformance suite, and what only this store promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod connecting;
mod others;
mod plans;
mod statements;
mod tables;

use purlin_testkit::conformance;
use purlin_testkit::oracle::{self, Counting};
use tables::in_database;

#[test]
fn filters() {
    conformance::filters(&in_database);
}

#[test]
fn values() {
    conformance::values(&in_database);
}

#[test]
fn relations() {
    conformance::relations(&in_database);
}

#[test]
fn includes() {
    conformance::includes(&in_database);
}

#[test]
fn aggregates() {
    conformance::aggregates(&in_database);
}

#[test]
fn pages() {
    conformance::pages(&in_database);
}

#[test]
fn writes() {
    conformance::writes(&in_database);
}

#[test]
fn errors() {
    conformance::errors(&in_database);
}

#[test]
fn system() {
    conformance::system(&in_database);
}

#[test]
fn together() {
    conformance::together(&in_database);
}

#[test]
fn policies_agree_with_the_oracle() {
    oracle::run(Counting::WithGaps, &in_database);
}

/// Beyond those that are run anyway.
const SEEDS: &[u64] = &[1444];

#[test]
fn seeds_that_have_failed_once() {
    for seed in SEEDS {
        oracle::run_seed(*seed, Counting::WithGaps, &in_database);
    }
}
