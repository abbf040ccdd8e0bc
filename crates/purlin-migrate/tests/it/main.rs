//! Migrations on real SQLite: states that are reached, rows that are kept, histories that hold.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod adoption;
mod app;
mod baseline;
mod cases;
mod chains;
mod concurrency;
mod connection;
mod database;
mod deploy;
mod dev;
mod drift;
mod faults;
mod keeping;
mod mysql;
mod physical_strategy;
mod portability;
mod postgres;
mod pull;
mod random_apps;
mod random_changes;
mod random_histories;
mod random_walks;
mod record;
mod rollback;
mod rolling;
mod search;
mod server;
mod servers;
mod values;
