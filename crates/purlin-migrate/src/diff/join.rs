//! The tables of implicit many-to-many relations are named after their models. When a model is
//! renamed, its join tables follow by themselves: their foreign keys say which is which. The
//! ends stand in the order of the alphabet, so that a new name may also swap the columns.

use super::question::{Answers, Question};
use super::rename::{ColumnRename, Rename, Renames};
use crate::physical::{PhysicalSchema, Table};

/// Called when the tables of models are already matched.
pub(super) fn tables(
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    answers: &Answers,
    renames: &mut Renames,
    questions: &mut Vec<Question>,
) {
    let is_join = |table: &&Table| table.model.is_none();
    let mut gone: Vec<&Table> = old.tables.iter().filter(is_join).collect();
    gone.retain(|table| new.table(&table.name).is_none());
    let mut come: Vec<&Table> = new.tables.iter().filter(is_join).collect();
    come.retain(|table| old.table(&table.name).is_none());

    let mut found: Vec<(&Table, &Table)> = Vec::new();
    for before in &gone {
        let Some((a, b)) = ends(before) else { continue };
        let target = (renames.new_table(a), renames.new_table(b));
        let mut candidates = come.clone();
        candidates.retain(|table| ends(table).is_some_and(|ends| is_same_pair(ends, target)));
        let rivals = gone.iter().filter(|other| ends(other).is_some_and(|ends| is_same_pair(ends, (a, b))));
        let is_renamed = has_new_name(old, new, a, target.0) || has_new_name(old, new, b, target.1);
        let is_certain = is_renamed && candidates.len() == 1 && rivals.count() == 1;
        let answered = candidates.iter().find(|table| is_certain || answers.renames_table(before, table));
        match answered {
            Some(table) if found.iter().all(|(_, taken)| taken.name != table.name) => {
                found.push((before, table));
            }
            _ if candidates.is_empty() || answers.drops_table(before) => {}
            _ => questions.push(Question {
                table: None,
                from: before.name.clone(),
                database_name: before.name.clone(),
                candidates: candidates.iter().map(|table| table.name.clone()).collect(),
            }),
        }
    }
    for before in old.tables.iter().filter(is_join) {
        if let Some(table) = new.table(&before.name).filter(is_join) {
            found.push((before, table));
        }
    }
    for (before, table) in found {
        follow(before, table, renames);
    }
}

fn follow(before: &Table, table: &Table, renames: &mut Renames) {
    let Some((a, b)) = ends(before) else { return };
    let (new_a, new_b) = (renames.new_table(a), renames.new_table(b));
    let is_swapped = new_a != new_b && ends(table) == Some((new_b, new_a));
    let swap = if is_swapped { [("A", "B"), ("B", "A")].as_slice() } else { &[] };
    renames.columns.extend(swap.iter().map(|(from, to)| ColumnRename {
        table: table.name.clone(),
        from: (*from).to_owned(),
        to: (*to).to_owned(),
    }));
    if before.name != table.name {
        renames.tables.push(Rename { from: before.name.clone(), to: table.name.clone() });
    }
}

/// Whether the table, or only its model, is called differently now.
fn has_new_name(old: &PhysicalSchema, new: &PhysicalSchema, before: &str, after: &str) -> bool {
    let model =
        |schema: &PhysicalSchema, name: &str| schema.table(name).and_then(|table| table.model.clone());
    before != after || model(old, before) != model(new, after)
}

fn is_same_pair(left: (&str, &str), right: (&str, &str)) -> bool {
    left == right || left == (right.1, right.0)
}

/// The tables that `A` and `B` refer to.
fn ends(table: &Table) -> Option<(&str, &str)> {
    let end = |column: &str| {
        let key = table.foreign_keys.iter().find(|key| key.columns.iter().eq([column]))?;
        Some(key.references_table.as_str())
    };
    Some((end("A")?, end("B")?))
}
