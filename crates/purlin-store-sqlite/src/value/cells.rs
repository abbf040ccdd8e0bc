//! Columns of a row as cells.

use purlin_sql::rows::{Cell, Cells};
use rusqlite::Row;
use rusqlite::types::ValueRef;

/// A row that stands at the database's cursor.
#[derive(Debug)]
pub(crate) struct Columns<'r, 's>(pub &'r Row<'s>);

impl Cells for Columns<'_, '_> {
    fn cell(&self, position: usize) -> Cell<'_> {
        self.0.get_ref(position).map_or(Cell::Null, cell)
    }
}

pub(crate) fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) => Cell::Text(bytes),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    }
}
