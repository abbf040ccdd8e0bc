//! Two physical schemas and the renames between them to ordered steps. The order keeps names
//! free: what goes leaves first, then things take their new names, then new things come.

use super::carry::carry;
use super::order::sequence;
use super::rename::{Rename, Renames};
use super::step::{EnumColumn, Step};
use super::table::changes;
use super::{foreign_keys, indexes};
use crate::engine::Engine;
use crate::physical::{PhysicalSchema, Table};

pub(crate) fn steps(
    engine: &dyn Engine,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
) -> Vec<Step> {
    let renames = &renames.clearing(old);
    let carried = carry(old, renames);
    let pairs: Vec<(&Table, &Table)> = new
        .tables
        .iter()
        .filter_map(|table| carried.table(&table.name).map(|before| (before, table)))
        .collect();
    let foreign_keys = foreign_keys::plan(engine, &carried, new, renames);
    let indexes = indexes::plan(engine, &pairs, renames);

    let mut steps = foreign_keys.drop;
    steps.extend(indexes.drop);
    // Before the renames, under the old names: what stays may take one of them.
    let gone = old.tables.iter().filter(|table| new.table(renames.new_table(&table.name)).is_none());
    steps.extend(gone.map(|table| Step::DropTable { table: table.clone() }));
    steps.extend(rename_steps(engine, renames, new));
    steps.extend(indexes.rename);
    steps.extend(foreign_keys.rename);
    steps.extend(enum_steps(old, new, renames, &pairs));
    let come = new.tables.iter().filter(|table| carried.table(&table.name).is_none());
    steps.extend(come.map(|table| Step::CreateTable { table: table.clone() }));
    let mut rebuilt = Vec::new();
    for (before, after) in &pairs {
        let changes = changes(engine, before, after);
        if changes.is_empty() {
            continue;
        }
        let table = engine.table_steps(before, after, changes);
        if matches!(table.as_slice(), [Step::RebuildTable { .. }]) {
            rebuilt.push(after.name.as_str());
        }
        steps.extend(table);
    }
    // A rebuilt table gets its indexes with it.
    let is_left =
        |step: &Step| !matches!(step, Step::CreateIndex { table, .. } if rebuilt.contains(&table.as_str()));
    steps.extend(indexes.create.into_iter().filter(is_left));
    steps.extend(foreign_keys.add);
    steps
}

fn rename_steps(engine: &dyn Engine, renames: &Renames, new: &PhysicalSchema) -> Vec<Step> {
    let is_same = |left: &str, right: &str| engine.is_same_name(left, right);
    let stays = |rename: &&Rename| new.table(&rename.to).is_some();
    let tables =
        renames.tables.iter().filter(stays).map(|rename| (rename.from.clone(), rename.to.clone())).collect();
    let mut steps: Vec<Step> =
        sequence(tables, is_same).into_iter().map(|(from, to)| Step::RenameTable { from, to }).collect();
    let mut seen: Vec<&str> = Vec::new();
    for table in renames.columns.iter().map(|rename| rename.table.as_str()) {
        if seen.contains(&table) {
            continue;
        }
        seen.push(table);
        let columns = renames.columns.iter().filter(|rename| rename.table == table);
        let columns = columns.map(|rename| (rename.from.clone(), rename.to.clone())).collect();
        steps.extend(sequence(columns, is_same).into_iter().map(|(from, to)| Step::RenameColumn {
            table: table.to_owned(),
            from,
            to,
        }));
    }
    steps
}

/// Members whose stored form changed, for every column that held them and still does.
fn enum_steps(
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
    pairs: &[(&Table, &Table)],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for before in &old.enums {
        let Some(after) = new.enumeration(&before.name) else { continue };
        let moved: Vec<(String, String)> = before
            .values
            .iter()
            .filter_map(|value| {
                let name = renames.new_member(&before.name, &value.name);
                let same = after.values.iter().find(|other| other.name == name)?;
                (same.stored != value.stored).then(|| (value.stored.clone(), same.stored.clone()))
            })
            .collect();
        let columns: Vec<EnumColumn> = pairs
            .iter()
            .flat_map(|(old_table, table)| {
                table
                    .columns
                    .iter()
                    .filter(|column| {
                        let held =
                            old_table.column(&column.name).and_then(|column| column.enumeration.as_deref());
                        column.enumeration.as_deref() == Some(&before.name) && held == Some(&before.name)
                    })
                    .map(|column| EnumColumn {
                        table: table.name.clone(),
                        column: column.name.clone(),
                        is_list: column.is_list,
                    })
            })
            .collect();
        if columns.is_empty() {
            continue;
        }
        steps.extend(sequence(moved, |left, right| left == right).into_iter().map(|(from, to)| {
            Step::RenameEnumValue { enumeration: before.name.clone(), from, to, columns: columns.clone() }
        }));
    }
    steps
}
