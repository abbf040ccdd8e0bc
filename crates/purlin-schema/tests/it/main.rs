//! Integration tests. Cases are files under `tests/cases`; `UPDATE_EXPECT=1` refreshes
//! what they expect.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod builtin;
mod case_files;
mod check;
mod describe;
mod format;
mod load;
mod parse;
mod portability;
mod random;
