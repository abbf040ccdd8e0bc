//! The command line: one file per command, each with its arguments and a `run`.
//! Every command answers with a value that is printed for people or, with `--json`, as JSON.

pub mod check;
mod command;
mod context;
pub mod db;
pub mod dev;
pub mod doctor;
mod failure;
pub mod fmt;
pub mod generate;
pub mod migrate;
pub mod new;
mod output;
pub mod serve;

pub use command::{Cli, Command, main};
pub use context::Context;
pub use failure::{Exit, Failure};
pub use output::Output;
