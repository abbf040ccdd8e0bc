//! What a schema asks for and not every engine gives: one list of constructs with the state of each on each engine.
//! The diagnostics of `purlin check --for`, what `serve` refuses and the table of `docs/engines.md` are read from it.
//! Called by the binary; knows no connection and no SQL but the words that schemas themselves hold.

mod construct;
mod defaults;
mod engine;
mod find;
mod keys;
mod list;
mod names;
mod native;
mod relations;
mod scope;
mod table;
mod types;

pub use construct::{Construct, State};
pub use engine::{Engine, UnknownEngines};
pub use find::{differences, refusals};
pub use list::{GROUPS, Group, constructs};
pub use table::table;
