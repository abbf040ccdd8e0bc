//! Databases that Purlin did not make: what they hold of the schema's tables is taken as it is,
//! and everything else in them is left alone.

use crate::physical::{Index, PhysicalSchema, Table};

/// The part of a live database that the schemas speak of, with their names beside it.
pub(super) fn owned(live: &PhysicalSchema, of: &[&PhysicalSchema]) -> PhysicalSchema {
    let mut tables = Vec::new();
    for table in &live.tables {
        let known = of.iter().find_map(|schema| {
            schema.tables.iter().find(|other| other.name.eq_ignore_ascii_case(&table.name))
        });
        if let Some(known) = known {
            tables.push(named(table, known));
        }
    }
    let enums = of.first().map(|schema| schema.enums.clone()).unwrap_or_default();
    PhysicalSchema { tables, enums }
}

fn named(live: &Table, known: &Table) -> Table {
    let mut table = live.clone();
    table.model.clone_from(&known.model);
    for column in &mut table.columns {
        if let Some(other) = known.columns.iter().find(|other| other.name.eq_ignore_ascii_case(&column.name))
        {
            column.field.clone_from(&other.field);
            if other.column_type.eq_ignore_ascii_case(&column.column_type) {
                column.is_list = other.is_list;
                column.enumeration.clone_from(&other.enumeration);
            }
        }
    }
    // Other tools do not end indexes with the key; theirs serve as they are.
    for index in &mut table.indexes {
        let is_same = |other: &&Index| {
            !other.is_unique
                && other.name.eq_ignore_ascii_case(&index.name)
                && other.condition == index.condition
                && other.parts.starts_with(&index.parts)
        };
        if let Some(other) = known.indexes.iter().find(is_same).filter(|_| !index.is_unique) {
            index.parts.clone_from(&other.parts);
        }
    }
    table
}
