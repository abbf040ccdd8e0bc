//! A live database to a physical schema: what its catalogue says, without schema names.

mod create_table;
mod live;
mod sqlite;

pub use live::introspect;
pub(crate) use sqlite::read;
