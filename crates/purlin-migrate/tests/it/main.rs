//! Migrations on real SQLite: states that are reached, rows that are kept, histories that hold.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod app;
mod cases;
mod concurrency;
mod connection;
mod deploy;
mod dev;
mod faults;
mod keeping;
mod physical_strategy;
mod random_changes;
mod random_histories;
mod record;
