//! Writes under policies, all of one request as one plan: connected rows are found first, rules that need only the
//! new values are decided here or checked before, rules over the stored row ride in the statement's own filter,
//! post-update rules are checked before the commit. Related rows are written by the same functions as the rows that
//! are asked for, so that every rule holds on every node.

mod change;
mod conditions;
mod create;
mod delete;
mod link;
mod many;
mod owned;
mod planner;
mod related;
mod upsert;
mod values;

pub(crate) use change::Target;
pub(crate) use create::Inserting;
pub(crate) use planner::{Absence, Answering, Heard, HeardKind, Planner, Write, row_part};
pub(crate) use values::KeyValues;
