//! `migrate squash`: migrations one after the other become one with the same result. Databases that have applied all of
//! them have applied it.

use std::path::Path;

use super::Migrator;
use super::draft::Draft;
use crate::diff::{Answers, Difference, diff};
use crate::error::Error;
use crate::folder::{Migration, MigrationName, Snapshot, Squashed, load, without, write_snapshot};
use crate::guard::Accepted;
use crate::physical::PhysicalSchema;
use crate::script::checksum;

#[derive(Clone, Copy, Debug, Default)]
pub struct Squash<'a> {
    /// The first one; the first of all without it.
    pub from: Option<&'a str>,
    /// The last one; the last of all without it.
    pub to: Option<&'a str>,
    pub name: Option<&'a MigrationName>,
}

impl Migrator {
    /// Which ones became which one. No database is asked or changed.
    pub fn squash(&self, request: &Squash<'_>) -> Result<(Vec<String>, String), Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let first = request.from.map_or(Ok(0), |from| self.position(&migrations, Some(from)))?;
        let last = self.position(&migrations, request.to)?;
        let (before, rest) = migrations.split_at(first.min(migrations.len()));
        let (parts, after) = rest.split_at((last + 1).saturating_sub(first).min(rest.len()));
        let [_, _, ..] = parts else {
            return Err(self.not_possible("there are no two migrations to squash".to_owned()));
        };
        let ids: Vec<String> = parts.iter().map(|migration| migration.id.clone()).collect();
        let paths: Vec<&Path> = parts.iter().map(|migration| migration.path.as_path()).collect();
        let new = without(&paths, || self.write_squashed(before.last(), parts, request))?;
        // What follows continues the new one; its statements stay as they are.
        let mut parent = new.snapshot.as_parent();
        for migration in after {
            let old = &migration.snapshot;
            let snapshot =
                Snapshot::new(migration.id.clone(), self.dialect, Some(parent), old.schema.clone());
            write_snapshot(&migration.path, &snapshot)?;
            parent = snapshot.as_parent();
        }
        load(&self.datasource, &self.folder, self.dialect)?;
        Ok((ids, new.id))
    }

    fn write_squashed(
        &self,
        before: Option<&Migration>,
        parts: &[Migration],
        request: &Squash<'_>,
    ) -> Result<Migration, Error> {
        let nothing = PhysicalSchema::default();
        let base = before.map_or(&nothing, |before| &before.snapshot.schema);
        let target = parts.last().map(|last| last.snapshot.schema.clone()).unwrap_or_default();
        let (difference, accepted) = self.sum(base, &target, parts);
        let usual = MigrationName::parse("squashed")?;
        let stamp = parts.last().and_then(|last| last.id.get(..14)).unwrap_or_default();
        let id = request.name.unwrap_or(&usual).with_stamp(stamp);
        // Rows that are there went another way than the shortest; what a person wrote is nowhere else.
        let is_by_hand = parts.iter().any(Migration::is_edited_by_hand);
        let is_whole = before.is_none() && !is_by_hand;
        let parent = before.map(|before| before.snapshot.as_parent());
        Draft { id, parent, base, target, difference, accepted }.write(self, |migration| {
            migration.plan.squashed = parts.iter().map(squashed).collect();
            migration.plan.baseline = parts.iter().find_map(|part| part.plan.baseline.clone());
            if is_whole {
                return;
            }
            migration.up = parts.iter().map(|part| part.up.as_str()).collect::<Vec<_>>().join("\n");
            let back = parts.iter().rev().map(|part| part.down.as_deref().unwrap_or_default());
            let back = back.collect::<Vec<_>>().join("\n");
            migration.checksum = checksum(&migration.up);
            // One that a person wrote is looked at after it has run.
            migration.plan.checksum = if is_by_hand { String::new() } else { migration.checksum.clone() };
            migration.plan.down_checksum = checksum(&back);
            migration.down = Some(back);
        })
    }

    /// All of their renames and consents as if they were one change.
    fn sum(
        &self,
        base: &PhysicalSchema,
        target: &PhysicalSchema,
        parts: &[Migration],
    ) -> (Difference, Accepted) {
        let mut answers = Answers::default();
        let mut accepted = Accepted::default();
        for part in parts {
            answers.remember(&part.plan.renames);
            accepted = accepted.with(&part.plan.accepted);
        }
        // Whatever is no rename by now is none.
        let open = diff(self.dialect, base, target, &answers).questions;
        answers.0.extend(open.iter().map(crate::diff::Question::drop));
        (diff(self.dialect, base, target, &answers), accepted)
    }
}

fn squashed(part: &Migration) -> Squashed {
    Squashed { id: part.id.clone(), checksum: part.checksum.clone(), squashed: part.plan.squashed.clone() }
}
