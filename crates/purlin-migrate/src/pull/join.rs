//! The tables of implicit many-to-many relations, as Prisma makes them.

use std::collections::BTreeSet;

use super::entity::Entity;
use super::name::{self, lower_first, plural};
use crate::engine::Engine;
use crate::physical::{ForeignKey, PhysicalSchema, Table};

/// `_PostToTag` with the columns `A` and `B`, each a reference.
pub(super) fn is_join(table: &Table) -> bool {
    table.name.starts_with('_')
        && table.columns.len() == 2
        && end(table, "A").is_some()
        && end(table, "B").is_some()
}

fn end<'a>(table: &'a Table, column: &str) -> Option<&'a ForeignKey> {
    table.foreign_keys.iter().find(|key| key.columns.iter().eq([column]))
}

/// The lines on both ends of each that the schema does not have.
pub(super) fn add_lines(
    engine: &dyn Engine,
    known: &PhysicalSchema,
    live: &PhysicalSchema,
    entities: &mut [Entity<'_>],
    notes: &mut BTreeSet<String>,
) {
    for table in live.tables.iter().filter(|table| is_join(table)) {
        if known.tables.iter().any(|other| engine.is_same_name(&other.name, &table.name)) {
            continue;
        }
        if !add_line(engine, table, entities) {
            notes.insert(format!(
                "table {} is left out: it looks like a many-to-many relation, but its ends are no models with a single key in the order of their names",
                table.name
            ));
        }
    }
}

fn add_line(engine: &dyn Engine, table: &Table, entities: &mut [Entity<'_>]) -> bool {
    let position = |column: &str| {
        let key = end(table, column)?;
        entities.iter().position(|entity| {
            engine.is_same_name(&entity.table.name, &key.references_table)
                && entity.table.key_columns() == key.references_columns
        })
    };
    let (Some(a), Some(b)) = (position("A"), position("B")) else { return false };
    let model = |at: usize| entities.get(at).map(|entity| entity.model.clone()).unwrap_or_default();
    let (model_a, model_b) = (model(a), model(b));
    if model_a > model_b {
        return false;
    }
    let name = table.name.trim_start_matches('_').to_owned();
    let attribute = if name == format!("{model_a}To{model_b}") {
        String::new()
    } else {
        format!(" @relation(\"{name}\")")
    };
    let own = lower_first(&name);
    // In a relation with itself the first name is that of column A.
    let (wanted_a, wanted_b) = if a == b {
        (vec![format!("{own}A")], vec![format!("{own}B")])
    } else {
        let (many_a, many_b) = (plural(&lower_first(&model_a)), plural(&lower_first(&model_b)));
        (vec![many_b, format!("{own}B")], vec![many_a, format!("{own}A")])
    };
    for (at, target, wanted) in [(a, &model_b, wanted_a), (b, &model_a, wanted_b)] {
        if let Some(entity) = entities.get_mut(at) {
            let field = name::free(&mut entity.taken, wanted);
            entity.lines.push(format!("{field} {target}[]{attribute}"));
        }
    }
    true
}
