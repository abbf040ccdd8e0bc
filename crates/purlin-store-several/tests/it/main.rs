//! The same requests to an app in one database and to the same app in two: the answers must be equal.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics"
)]

mod ask;
mod reads;
mod refusals;
mod shop;
mod statements;
mod tables;
mod writes;
