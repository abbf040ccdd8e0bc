//! Writes: each plan in a transaction, tried again where others were in its way.

mod arithmetic;
mod change;
mod conflict;
mod counters;
mod defaults;
mod delete;
mod insert;
mod link;
mod load;
mod need;
mod plan;
mod references;
mod rows;
mod steps;
mod together;
mod transaction;
mod update;

pub(crate) use load::load;
pub(crate) use transaction::write;
