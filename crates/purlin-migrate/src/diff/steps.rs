//! Two physical schemas and the renames between them to ordered steps. The order keeps names
//! free: what goes leaves first, then things take their new names, then new things come.

use super::carry::carry;
use super::order::sequence;
use super::rename::{Rename, Renames};
use super::step::{EnumColumn, Step};
use super::table::compare;
use crate::physical::{Index, PhysicalSchema, Table};

pub(crate) fn steps(old: &PhysicalSchema, new: &PhysicalSchema, renames: &Renames) -> Vec<Step> {
    let renames = &renames.clearing(old);
    let carried = carry(old, renames);
    let pairs: Vec<(&Table, &Table)> = new
        .tables
        .iter()
        .filter_map(|table| carried.table(&table.name).map(|before| (before, table)))
        .collect();

    let mut steps = Vec::new();
    for (before, after) in &pairs {
        let gone = before.indexes.iter().filter(|index| !keeps(after, index));
        steps.extend(gone.map(|index| Step::DropIndex { table: before.name.clone(), index: index.clone() }));
    }
    // Before the renames, under the old names: what stays may take one of them.
    let gone = old.tables.iter().filter(|table| new.table(renames.new_table(&table.name)).is_none());
    steps.extend(gone.map(|table| Step::DropTable { table: table.clone() }));
    steps.extend(rename_steps(renames, new));
    steps.extend(enum_steps(old, new, &pairs));
    let come = new.tables.iter().filter(|table| carried.table(&table.name).is_none());
    steps.extend(come.map(|table| Step::CreateTable { table: table.clone() }));
    let mut indexes = Vec::new();
    for (before, after) in &pairs {
        let changes = compare(before, after);
        let is_rebuilt = matches!(changes.as_slice(), [Step::RebuildTable { .. }]);
        steps.extend(changes);
        // A rebuilt table gets its indexes with it.
        if !is_rebuilt {
            let come = after.indexes.iter().filter(|index| !keeps(before, index));
            indexes.extend(
                come.map(|index| Step::CreateIndex { table: after.name.clone(), index: index.clone() }),
            );
        }
    }
    steps.extend(indexes);
    steps
}

fn keeps(table: &Table, index: &Index) -> bool {
    table.index(&index.name).is_some_and(|same| same.is_like(index))
}

fn rename_steps(renames: &Renames, new: &PhysicalSchema) -> Vec<Step> {
    let stays = |rename: &&Rename| new.table(&rename.to).is_some();
    let tables =
        renames.tables.iter().filter(stays).map(|rename| (rename.from.clone(), rename.to.clone())).collect();
    let mut steps: Vec<Step> = sequence(tables, str::eq_ignore_ascii_case)
        .into_iter()
        .map(|(from, to)| Step::RenameTable { from, to })
        .collect();
    let mut seen: Vec<&str> = Vec::new();
    for table in renames.columns.iter().map(|rename| rename.table.as_str()) {
        if seen.contains(&table) {
            continue;
        }
        seen.push(table);
        let columns = renames.columns.iter().filter(|rename| rename.table == table);
        let columns = columns.map(|rename| (rename.from.clone(), rename.to.clone())).collect();
        steps.extend(
            sequence(columns, str::eq_ignore_ascii_case).into_iter().map(|(from, to)| Step::RenameColumn {
                table: table.to_owned(),
                from,
                to,
            }),
        );
    }
    steps
}

/// Members whose stored form changed, for every column that held them and still does.
fn enum_steps(old: &PhysicalSchema, new: &PhysicalSchema, pairs: &[(&Table, &Table)]) -> Vec<Step> {
    let mut steps = Vec::new();
    for before in &old.enums {
        let Some(after) = new.enumeration(&before.name) else { continue };
        let moved: Vec<(String, String)> = before
            .values
            .iter()
            .filter_map(|value| {
                let same = after.values.iter().find(|other| other.name == value.name)?;
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
