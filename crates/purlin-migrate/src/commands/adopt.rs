//! Databases that Purlin did not make: what they hold of the schema's tables is taken as it is,
//! and everything else in them is left alone.

use crate::engine::Engine;
use crate::physical::{Index, PhysicalSchema, Table};

/// The part of a live database that the schemas speak of, with their names beside it.
pub(super) fn owned(engine: &dyn Engine, live: &PhysicalSchema, of: &[&PhysicalSchema]) -> PhysicalSchema {
    let mut tables = Vec::new();
    for table in &live.tables {
        let known = of.iter().find_map(|schema| {
            schema.tables.iter().find(|other| engine.is_same_name(&other.name, &table.name))
        });
        if let Some(known) = known {
            tables.push(named(engine, table, known));
        }
    }
    let enums = of.first().map(|schema| schema.enums.clone()).unwrap_or_default();
    PhysicalSchema { tables, enums }
}

fn named(engine: &dyn Engine, live: &Table, known: &Table) -> Table {
    let mut table = live.clone();
    table.model.clone_from(&known.model);
    for column in &mut table.columns {
        if let Some(other) = known.columns.iter().find(|other| engine.is_same_name(&other.name, &column.name))
        {
            column.field.clone_from(&other.field);
            if engine.serves_as(column, other) {
                column.column_type.clone_from(&other.column_type);
                column.is_list = other.is_list;
                column.enumeration.clone_from(&other.enumeration);
            }
        }
    }
    // Other tools do not end indexes with the key; theirs serve as they are.
    for index in &mut table.indexes {
        let is_same = |other: &&Index| {
            !other.is_unique
                && engine.is_same_name(&other.name, &index.name)
                && other.condition == index.condition
                && other.parts.starts_with(&index.parts)
        };
        if let Some(other) = known.indexes.iter().find(is_same).filter(|_| !index.is_unique) {
            index.parts.clone_from(&other.parts);
        }
    }
    table
}
