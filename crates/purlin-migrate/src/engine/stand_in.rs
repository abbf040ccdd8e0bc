//! What stands in a required column for a value that is missing.

use super::Engine;
use crate::physical::{Column, Fill, FillKind, PhysicalSchema, Table};
use crate::render::Direction;

/// The column's default, what the app would make, and on the way back something empty: what it held is gone.
pub(crate) fn stand_in(
    engine: &dyn Engine,
    table: &Table,
    column: &Column,
    target: &PhysicalSchema,
    direction: Direction,
) -> Option<String> {
    let made = || column.fill.as_ref().map(|fill| engine.made(fill, column));
    let empty = || match direction {
        Direction::Down if !column.is_counted => Some(empty(engine, table, column, target)),
        _ => None,
    };
    column.default.clone().or_else(made).or_else(empty)
}

fn empty(engine: &dyn Engine, table: &Table, column: &Column, target: &PhysicalSchema) -> String {
    if table.must_differ(&column.name) && is_distinct(engine, column, target) {
        let random = Fill { kind: FillKind::Uuid { version: 4 }, format: None };
        return engine.made(&random, column);
    }
    engine.empty(column, target)
}

/// Whether each row can get another stand-in: only texts can.
pub(crate) fn is_distinct(engine: &dyn Engine, column: &Column, target: &PhysicalSchema) -> bool {
    engine.empty(column, target) == "''"
}
