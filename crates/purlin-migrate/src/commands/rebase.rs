//! `migrate rebase`: of two branches that went on from one migration, one is written anew on top of the other.

use std::path::Path;

use purlin_core::DateTime;
use purlin_schema::model::Schema;

use super::Migrator;
use crate::diff::{Answers, diff};
use crate::error::Error;
use crate::folder::{Migration, MigrationName, load, load_loose, without};
use crate::guard::Accepted;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebased {
    /// Those that are gone.
    pub removed: Vec<String>,
    /// What stands for them; `None` where the schema asks for nothing beyond the other branch.
    pub written: Option<String>,
}

impl Migrator {
    /// The migration, and what stands on it, become one that leads from the other branch to the schema. No database
    /// is asked or changed.
    pub fn rebase(
        &self,
        schema: &Schema,
        name: &str,
        now: DateTime,
        answers: &Answers,
    ) -> Result<Rebased, Error> {
        let all = load_loose(&self.folder)?;
        let position = self.position(&all, Some(name))?;
        let branch = branch_of(&all, position);
        let is_moved = |migration: &Migration| branch.iter().any(|other| other.id == migration.id);
        if let Some(edited) = branch.iter().find(|migration| migration.is_edited_by_hand()) {
            return Err(self.not_possible(format!(
                "{}: its up.sql was written by hand. Keep a copy of the folder elsewhere, delete it, write it anew with \
                 `purlin migrate dev --create-only`, and carry your statements over",
                edited.id
            )));
        }
        let paths: Vec<&Path> = branch.iter().map(|migration| migration.path.as_path()).collect();
        let written = without(&paths, || self.write_anew(schema, &all, &branch, now, answers))?;
        let removed = all.iter().filter(|migration| is_moved(migration)).map(|moved| moved.id.clone());
        Ok(Rebased { removed: removed.collect(), written })
    }

    fn write_anew(
        &self,
        schema: &Schema,
        all: &[Migration],
        branch: &[&Migration],
        now: DateTime,
        answers: &Answers,
    ) -> Result<Option<String>, Error> {
        let mut migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, all)?;
        let base = migrations.last().map(|last| last.snapshot.schema.clone()).unwrap_or_default();
        let mut known = Answers::default();
        let mut accepted = Accepted::default();
        for migration in branch {
            known.remember(&migration.plan.renames);
            accepted = accepted.with(&migration.plan.accepted);
        }
        known.0.extend(answers.0.iter().cloned());
        let difference = diff(self.dialect, &base, &target, &known);
        if !difference.questions.is_empty() {
            let datasource = self.datasource.clone();
            return Err(Error::Unanswered { datasource, questions: difference.questions });
        }
        if difference.steps.is_empty() {
            return Ok(None);
        }
        let word = branch.first().and_then(|first| first.id.get(15..)).unwrap_or("rebased");
        let name = MigrationName::parse(word)?;
        self.write_next(&mut migrations, (&name, now), &base, &target, difference, accepted)?;
        Ok(migrations.last().map(|last| last.id.clone()))
    }
}

/// The migration and everything that goes on from it.
fn branch_of(all: &[Migration], position: usize) -> Vec<&Migration> {
    let mut branch: Vec<&Migration> = all.get(position).into_iter().collect();
    while let Some(next) = all.iter().find(|other| {
        let parent = other.snapshot.parent.as_ref();
        branch.last().is_some_and(|last| parent == Some(&last.snapshot.as_parent()))
    }) {
        branch.push(next);
    }
    branch
}
