//! What still differs between the database and the schema after a pull, each with its reason.

use super::found::Found;
use super::known::Known;
use crate::adopt::owned;
use crate::diff::{Change, Renames, Step, steps};
use crate::engine::Engine;

pub(super) fn remaining(engine: &dyn Engine, known: &Known, found: &Found) -> Vec<String> {
    let live = owned(engine, &found.schema, &[&known.physical]);
    let mut without = Vec::new();
    let mut lines = Vec::new();
    for step in steps(engine, &live, &known.physical, &Renames::default()) {
        match step {
            Step::CreateIndex { index, .. } if known.implied.contains(&index.name) => {
                without.push(index.name);
            }
            step => lines.push(format!("{step}: {}", reason(&step))),
        }
    }
    let has_others = engine.indexes_foreign_keys() && known.has_foreign_keys();
    if !without.is_empty() && !has_others {
        lines.push(format!(
            "{} of relations {} not there; they only serve speed, and `purlin migrate baseline` goes without: {}",
            if without.len() == 1 { "1 index".to_owned() } else { format!("{} indexes", without.len()) },
            if without.len() == 1 { "is" } else { "are" },
            without.join(", ")
        ));
    }
    lines
}

/// Seen from the schema: what would have to be done to the database.
fn reason(step: &Step) -> &'static str {
    match step {
        Step::CreateTable { .. } | Step::AddColumn { .. } | Step::CreateIndex { .. } => ONLY_IN_SCHEMA,
        Step::AddForeignKey { .. } => NO_FOREIGN_KEY,
        Step::RebuildTable { changes, .. } | Step::AlterTable { changes, .. } => of_change(changes.first()),
        _ => OTHERWISE,
    }
}

fn of_change(change: Option<&Change>) -> &'static str {
    match change {
        Some(Change::Default { .. }) => {
            "Purlin makes this value itself, and the database has another default or none"
        }
        Some(Change::Type { .. }) => "Purlin stores this in another form",
        Some(Change::ForeignKey { .. }) => NO_FOREIGN_KEY,
        Some(Change::AddColumn { .. }) => ONLY_IN_SCHEMA,
        Some(Change::PrimaryKey) => "the key of the database is another one",
        _ => OTHERWISE,
    }
}

const ONLY_IN_SCHEMA: &str = "the schema has it and the database has not";
const NO_FOREIGN_KEY: &str = "the relation has no foreign key in the database";
const OTHERWISE: &str = "the schema says otherwise";
