//! Access rules into statements: the choke point. Everything that a store executes for an actor
//! is made here, with every rule already inside its filters and checks; there is no masking and no
//! checking afterwards. Rules are folded with what is known (the signed-in user's row, the values
//! of a new row), so that what reaches the store is only what depends on stored rows.

mod client_filter;
mod condition;
mod guard_aggregate;
mod guard_read;
mod plan;
mod prepared;
mod references;
mod rules;
mod scope;
mod term;
mod written;

pub(crate) use guard_aggregate::guard_aggregate;
#[cfg(test)]
pub(crate) use guard_read::bare_shape;
pub(crate) use guard_read::{Ruled, guard_list, parent_exists};
pub(crate) use plan::{Absence, Answering, Heard, HeardKind, Inserting, Planner, Target, Write, row_part};
pub(crate) use prepared::{Prepared, Shapes, admit, prepared_get};
pub(crate) use scope::{Guard, NewRow, NewValue};
pub(crate) use written::{Part, guard_written, known_key};
