//! The command line: one file per command, each with its arguments and a `run`.
//! Every command answers with a value that is printed for people or, with `--json`, as JSON.

pub mod admin;
pub mod check;
mod command;
mod consent;
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
mod person;
pub mod policy;
mod progress;
pub mod serve;
mod steps;

pub use command::{Cli, Command, main};
pub use consent::{ConsentFlags, LossFlags, failure as migration_failure, settle};
pub use context::Context;
pub use failure::{Exit, Failure};
pub use output::{Output, counted, shown};
pub use person::{Person, Terminal};
pub use progress::Progress;
pub use steps::listed;
