//! Databases that Purlin did not make: what they hold of the schema's tables is taken as it is,
//! and everything else in them is left alone.

use crate::engine::{Engine, ForeignKeys};
use crate::physical::{Column, Index, PhysicalSchema, Table};

/// The part of a live database that the schemas speak of, with their names beside it.
pub(crate) fn owned(engine: &dyn Engine, live: &PhysicalSchema, of: &[&PhysicalSchema]) -> PhysicalSchema {
    let find = |name: &str| {
        let tables = || of.iter().flat_map(|schema| &schema.tables);
        tables().find(|other| engine.is_same_name(&other.name, name))
    };
    let mut tables = Vec::new();
    for table in &live.tables {
        if let Some(known) = find(&table.name) {
            let mut table = named(engine, table, known);
            // A reference to what no schema knows is somebody else's.
            table.foreign_keys.retain(|key| find(&key.references_table).is_some());
            tables.push(table);
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
            let counts = engine.counts(live, column);
            take_column(engine, column, other, counts);
        }
    }
    take_key(&mut table, known);
    take_indexes(engine, &mut table, known);
    table
}

fn take_column(engine: &dyn Engine, column: &mut Column, known: &Column, counts: bool) {
    column.field.clone_from(&known.field);
    if !engine.serves_as(column, known) {
        return;
    }
    column.column_type.clone_from(&known.column_type);
    column.is_list = known.is_list;
    column.enumeration.clone_from(&known.enumeration);
    column.is_counted |= known.is_counted && counts;
    if let (Some(live), Some(wanted)) = (&column.default, &known.default)
        && engine.default_serves(live, wanted)
    {
        column.default.clone_from(&known.default);
    }
    if known.is_list {
        // A list that is null reads as empty, and Purlin writes none.
        column.is_nullable = known.is_nullable;
        if column.default.is_none() {
            column.default.clone_from(&known.default);
        }
    }
}

/// A unique index on the same columns serves as a primary key, and the other way round.
fn take_key(table: &mut Table, known: &Table) {
    let is_on = |index: &Index, columns: &[String]| {
        index.is_unique
            && index.condition.is_none()
            && index
                .parts
                .iter()
                .map(|part| part.key.column())
                .eq(columns.iter().map(|name| Some(name.as_str())))
    };
    match (&table.primary_key, &known.primary_key) {
        (None, Some(key)) => {
            let is_required =
                key.columns.iter().all(|name| table.column(name).is_some_and(|column| !column.is_nullable));
            let same =
                table.indexes.iter().position(|index| is_on(index, &key.columns)).filter(|_| is_required);
            if let Some(same) = same {
                table.indexes.remove(same);
                table.primary_key.clone_from(&known.primary_key);
            }
        }
        (Some(key), None) => {
            if let Some(same) = known.indexes.iter().find(|index| is_on(index, &key.columns)) {
                table.indexes.retain(|index| index.name != same.name);
                table.indexes.push(same.clone());
                table.indexes.sort_by(|left, right| left.name.cmp(&right.name));
                table.primary_key = None;
            }
        }
        _ => {}
    }
}

fn take_indexes(engine: &dyn Engine, table: &mut Table, known: &Table) {
    for index in &mut table.indexes {
        let is_same =
            |other: &&Index| engine.is_same_name(&other.name, &index.name) && serves(engine, index, other);
        // The index of a constraint has a name that nobody can change.
        let is_alike = |other: &&Index| is_made_by_constraint(engine, index) && serves(engine, index, other);
        let found = known.indexes.iter().find(is_same).or_else(|| known.indexes.iter().find(is_alike));
        if let Some(other) = found {
            *index = other.clone();
        }
    }
    let columns = table.columns.clone();
    table.indexes.retain(|index| {
        known.index(&index.name).is_some()
            || (index.is_expressible(&columns) && !is_made_by_constraint(engine, index))
    });
}

/// Other tools do not end indexes with the key; theirs serve as they are.
fn serves(engine: &dyn Engine, live: &Index, wanted: &Index) -> bool {
    let shortened =
        Index { parts: wanted.parts.iter().take(live.parts.len()).cloned().collect(), ..wanted.clone() };
    let has_all = wanted.parts.len() == live.parts.len() || !live.is_unique;
    has_all && live.is_like(&shortened, engine)
}

/// SQLite's, of a `UNIQUE` inside `CREATE TABLE`.
fn is_made_by_constraint(engine: &dyn Engine, index: &Index) -> bool {
    engine.foreign_keys() == ForeignKeys::WithTable && index.name.starts_with("sqlite_autoindex_")
}
