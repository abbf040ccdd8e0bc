//! The store against the conformance suite, the policy oracle, and what only this store promises.
#![cfg(test)]

mod connecting;
mod databases;
mod gate;
mod keys;
mod oracle;
mod others;
mod statements;

use databases::in_database;
use purlin_testkit::conformance;

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
