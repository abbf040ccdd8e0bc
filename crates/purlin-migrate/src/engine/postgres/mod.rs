//! PostgreSQL: each change is one transaction with its row in the history, under an advisory lock.

mod alter;
mod catalogue;
mod convert;
mod create;
mod declared;
mod engine;
mod exclusive;
mod fill;
mod pulled;
mod search;
mod step;

pub(crate) use engine::Postgres;
