//! Foreign keys where they are steps of their own: those that go leave before anything they could
//! hold up, those that come are made when all tables are there, so that cycles need no thought.

use super::indexes::keeps;
use super::rename::Renames;
use super::step::{Change, Step};
use super::table::{changes, column_changes};
use crate::engine::{Engine, ForeignKeys};
use crate::physical::{ForeignKey, Index, PhysicalSchema, Table};

#[derive(Debug, Default)]
pub(super) struct ForeignKeyPlan {
    /// Under the tables' old names.
    pub(super) drop: Vec<Step>,
    pub(super) rename: Vec<Step>,
    pub(super) add: Vec<Step>,
}

pub(super) fn plan(
    engine: &dyn Engine,
    carried: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
) -> ForeignKeyPlan {
    let ForeignKeys::Apart { of_any_change } = engine.foreign_keys() else {
        return ForeignKeyPlan::default();
    };
    let scope = Scope { engine, carried, new, of_any_change };
    let mut plan = ForeignKeyPlan::default();
    for before in &carried.tables {
        let table = renames.old_table(&before.name).to_owned();
        for key in &before.foreign_keys {
            // A table that goes takes its reference to itself along.
            let goes_along = new.table(&before.name).is_none() && key.references_table == before.name;
            if !goes_along && !scope.stays(before, key) {
                plan.drop.push(Step::DropForeignKey { table: table.clone(), key: key.clone() });
            }
        }
    }
    for after in &new.tables {
        for key in &after.foreign_keys {
            let kept = carried.table(&after.name).and_then(|before| {
                before.foreign_keys.iter().find(|old| old.is_like(key) && scope.stays(before, old))
            });
            let table = after.name.clone();
            match kept {
                None => plan.add.push(Step::AddForeignKey { table, key: key.clone() }),
                Some(old) if old.name != key.name => {
                    let (from, to) = (old.name.clone(), key.name.clone());
                    plan.rename.push(Step::RenameForeignKey { table, from, to });
                }
                Some(_) => {}
            }
        }
    }
    plan
}

struct Scope<'a> {
    engine: &'a dyn Engine,
    carried: &'a PhysicalSchema,
    new: &'a PhysicalSchema,
    of_any_change: bool,
}

impl Scope<'_> {
    fn stays(&self, child: &Table, key: &ForeignKey) -> bool {
        let Some(after) = self.new.table(&child.name) else { return false };
        let Some(same) = after.foreign_keys.iter().find(|other| other.is_like(key)) else { return false };
        // A later migration knows it by its name.
        if !self.engine.renames_foreign_keys() && same.name != key.name {
            return false;
        }
        let (parent, parent_after) =
            (self.carried.table(&key.references_table), self.new.table(&key.references_table));
        let (Some(parent), Some(parent_after)) = (parent, parent_after) else { return false };
        self.is_untouched(child, after, &key.columns, self.of_any_change)
            && self.is_untouched(parent, parent_after, &key.references_columns, true)
    }

    /// `with_indexes`: those that start with the columns must stay, too.
    fn is_untouched(&self, before: &Table, after: &Table, columns: &[String], with_indexes: bool) -> bool {
        let blocks = |change: &Change| match change {
            Change::Type { .. } => true,
            Change::BecomesRequired { .. } | Change::BecomesOptional { .. } => self.of_any_change,
            _ => false,
        };
        let is_same_column = |name: &String| {
            let (Some(old), Some(new)) = (before.column(name), after.column(name)) else { return false };
            !column_changes(self.engine, old, new).iter().any(blocks)
        };
        let starts = |index: &&Index| {
            index.parts.iter().take(columns.len()).all(|part| {
                part.key.column().is_some_and(|column| columns.iter().any(|other| other == column))
            })
        };
        let keeps_indexes = || {
            before.indexes.iter().filter(starts).all(|index| keeps(self.engine, before, after, index))
                && !changes(self.engine, before, after).contains(&Change::PrimaryKey)
        };
        columns.iter().all(is_same_column) && (!with_indexes || keeps_indexes())
    }
}
