//! The store against the conformance suite, and what only this store promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod connecting;
mod inserts;
mod tables;

use purlin_testkit::conformance;
use purlin_testkit::oracle::{self, Counting};
use tables::in_schema;

#[test]
fn filters() {
    conformance::filters(&in_schema);
}

#[test]
fn values() {
    conformance::values(&in_schema);
}

#[test]
fn relations() {
    conformance::relations(&in_schema);
}

#[test]
fn includes() {
    conformance::includes(&in_schema);
}

#[test]
fn aggregates() {
    conformance::aggregates(&in_schema);
}

#[test]
fn pages() {
    conformance::pages(&in_schema);
}

#[test]
fn writes() {
    conformance::writes(&in_schema);
}

#[test]
fn errors() {
    conformance::errors(&in_schema);
}

#[test]
fn system() {
    conformance::system(&in_schema);
}

#[test]
fn policies_agree_with_the_oracle() {
    oracle::run(Counting::WithGaps, &in_schema);
}

#[test]
fn together() {
    conformance::together(&in_schema);
}
