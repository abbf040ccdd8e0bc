//! Indexes of tables that stay: which go, which come, and which only get another name.

use super::rename::Renames;
use super::step::Step;
use crate::engine::Engine;
use crate::physical::{Index, Table};

#[derive(Debug, Default)]
pub(super) struct IndexPlan {
    /// Under the tables' old names.
    pub(super) drop: Vec<Step>,
    pub(super) rename: Vec<Step>,
    pub(super) create: Vec<Step>,
}

pub(super) fn plan(engine: &dyn Engine, pairs: &[(&Table, &Table)], renames: &Renames) -> IndexPlan {
    let mut plan = IndexPlan::default();
    for (before, after) in pairs {
        let moved = if engine.renames_indexes() { moved(engine, pairs, before, after) } else { Vec::new() };
        let is_moved = |name: &str| moved.iter().any(|(from, to)| from == name || to == name);
        let table = renames.old_table(&before.name).to_owned();
        for index in before.indexes.iter().filter(|index| !keeps(engine, before, after, index)) {
            if !is_moved(&index.name) {
                plan.drop.push(Step::DropIndex { table: table.clone(), index: index.clone() });
            }
        }
        let kept =
            |index: &&Index| before.index(&index.name).is_some_and(|old| keeps(engine, before, after, old));
        for index in after.indexes.iter().filter(|index| !kept(index) && !is_moved(&index.name)) {
            plan.create.push(Step::CreateIndex { table: after.name.clone(), index: index.clone() });
        }
        plan.rename.extend(moved.into_iter().map(|(from, to)| Step::RenameIndex {
            table: after.name.clone(),
            from,
            to,
        }));
    }
    plan
}

/// Whether the index stays as it is.
pub(super) fn keeps(engine: &dyn Engine, before: &Table, after: &Table, index: &Index) -> bool {
    after.index(&index.name).is_some_and(|same| same.is_like(index, engine))
        && engine.index_survives(before, after, index)
}

/// Old and new names; tables that go are gone by then. A name that something else still bears is not taken over.
fn moved(
    engine: &dyn Engine,
    pairs: &[(&Table, &Table)],
    before: &Table,
    after: &Table,
) -> Vec<(String, String)> {
    let is_free = |name: &str| {
        pairs.iter().all(|(table, _)| {
            table.index(name).is_none() && table.primary_key.as_ref().is_none_or(|key| key.name != name)
        })
    };
    let mut moved: Vec<(String, String)> = Vec::new();
    for index in after.indexes.iter().filter(|index| is_free(&index.name)) {
        let old = before.indexes.iter().find(|old| {
            after.index(&old.name).is_none()
                && old.is_like(index, engine)
                && engine.index_survives(before, after, old)
                && moved.iter().all(|(from, _)| *from != old.name)
        });
        moved.extend(old.map(|old| (old.name.clone(), index.name.clone())));
    }
    if let (Some(old), Some(new)) = (&before.primary_key, &after.primary_key)
        && engine.names_primary_keys()
        && old.name != new.name
        && old.columns == new.columns
        && is_free(&new.name)
    {
        moved.push((old.name.clone(), new.name.clone()));
    }
    moved
}
