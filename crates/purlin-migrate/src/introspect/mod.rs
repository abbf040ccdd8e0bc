//! A live database to a physical schema: what its catalogue says, without schema names.

mod create_table;
mod sqlite;

pub(crate) use sqlite::introspect;
