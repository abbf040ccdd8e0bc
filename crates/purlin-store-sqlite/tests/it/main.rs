//! The store against the conformance suite, and what only this store promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod durability;
mod floods;
mod limits;
mod others;
mod plans;
mod search;
mod statements;
mod tables;

use purlin_testkit::conformance;
use tables::in_folder;

#[test]
fn filters() {
    conformance::filters(&in_folder);
}

#[test]
fn values() {
    conformance::values(&in_folder);
}

#[test]
fn relations() {
    conformance::relations(&in_folder);
}

#[test]
fn includes() {
    conformance::includes(&in_folder);
}

#[test]
fn aggregates() {
    conformance::aggregates(&in_folder);
}

#[test]
fn pages() {
    conformance::pages(&in_folder);
}

#[test]
fn writes() {
    conformance::writes(&in_folder);
}

#[test]
fn errors() {
    conformance::errors(&in_folder);
}

#[test]
fn system() {
    conformance::system(&in_folder);
}

#[test]
fn together() {
    conformance::together(&in_folder);
}
