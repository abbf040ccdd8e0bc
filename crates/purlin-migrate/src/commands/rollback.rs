//! `migrate rollback`: the last applied migrations are taken back, each in one transaction with its history row. What
//! a migration lost does not come back: the guard counts what the way back loses, and what returns empty.

use super::Migrator;
use super::situation::{Situation, stood_for};
use crate::connection::{Backup, MigrationConnection};
use crate::database::{Session, forget, rollback_key, write_state};
use crate::diff::Answers;
use crate::error::Error;
use crate::folder::{Migration, load};
use crate::guard::{self, Accepted};
use crate::physical::PhysicalSchema;
use crate::render::irreversible;
use crate::script::statements;

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back<'a> {
    /// So many migrations.
    Steps(usize),
    /// This one stays, and is the last.
    To(&'a str),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RolledBack {
    /// What it had lost, and no way back restores.
    pub irreversible: Vec<String>,
    pub backup: Option<Backup>,
}

impl Migrator {
    /// The migrations on the way there, the last one first.
    pub fn way_back(
        &self,
        connection: &mut dyn MigrationConnection,
        back: Back<'_>,
    ) -> Result<Vec<String>, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &migrations, &PhysicalSchema::default())?;
        situation.check_history(self, &migrations)?;
        let targets = self.targets(&migrations, &situation, back)?;
        Ok(targets.into_iter().map(|migration| migration.id.clone()).collect())
    }

    /// Takes the last applied migration back; `id` says which one that is.
    pub fn rollback(
        &self,
        connection: &mut dyn MigrationConnection,
        id: &str,
        accepted: &Accepted,
    ) -> Result<RolledBack, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &migrations, &PhysicalSchema::default())?;
        situation.check_history(self, &migrations)?;
        match self.targets(&migrations, &situation, Back::Steps(1))?.as_slice() {
            [last] if last.id == id => self.take_back(&mut session, &migrations, &situation, last, accepted),
            _ => Err(Error::Stale { datasource: self.datasource.clone() }),
        }
    }

    /// The last one first.
    fn targets<'m>(
        &self,
        migrations: &'m [Migration],
        situation: &Situation,
        back: Back<'_>,
    ) -> Result<Vec<&'m Migration>, Error> {
        let applied: Vec<&Migration> =
            migrations.iter().filter(|migration| situation.history.has(&migration.id)).collect();
        let keep = match back {
            Back::Steps(count) => applied.len().checked_sub(count).ok_or_else(|| {
                let plural = if applied.len() == 1 { "" } else { "s" };
                self.not_possible(format!("it has only {} migration{plural} to take back", applied.len()))
            })?,
            Back::To(name) => {
                let position = self.position(migrations, Some(name))?;
                let id = migrations.get(position).map(|migration| &migration.id);
                let kept = applied.iter().position(|migration| Some(&migration.id) == id);
                kept.ok_or_else(|| self.not_possible(format!("{name} is not applied here")))? + 1
            }
        };
        let targets: Vec<&Migration> = applied.into_iter().skip(keep).rev().collect();
        for migration in &targets {
            let id = &migration.id;
            if migration.plan.baseline.is_some() {
                return Err(self.not_possible(format!("{id} is what was there before Purlin, and stays")));
            }
            if migration.down.is_none() {
                return Err(self.not_possible(format!(
                    "{id} has no down.sql; restore it from version control, or write one"
                )));
            }
        }
        Ok(targets)
    }

    pub(super) fn not_possible(&self, reason: String) -> Error {
        Error::NotPossible { datasource: self.datasource.clone(), reason }
    }

    fn take_back(
        &self,
        session: &mut Session<'_>,
        migrations: &[Migration],
        situation: &Situation,
        migration: &Migration,
        accepted: &Accepted,
    ) -> Result<RolledBack, Error> {
        let nothing = PhysicalSchema::default();
        let before = migrations.iter().take_while(|other| other.id != migration.id).last();
        let target = before.map_or(&nothing, |before| &before.snapshot.schema);
        let mut done = RolledBack::default();
        match &situation.history.unfinished {
            // It has passed the guard, and its tables are no longer those that it counts.
            Some(unfinished) if unfinished.is_rollback => {}
            Some(unfinished) => {
                let id = &unfinished.id;
                return Err(self
                    .not_possible(format!("{id} stopped half-way; finish it with `purlin migrate deploy`")));
            }
            None => {
                self.check_clean(situation)?;
                done.backup = self.guard_back(session, migration, target, accepted)?;
            }
        }
        let down = migration.down.as_deref().unwrap_or_default();
        session.exclusively(Some(&migration.id), |session| {
            if Situation::read_inside(session, migrations, &nothing)? != *situation {
                return Err(Error::Stale { datasource: self.datasource.clone() });
            }
            let key = rollback_key(&migration.id);
            session.run(Some(&key), &statements(down))?;
            if migration.is_way_back_edited() {
                let here = &migration.snapshot.schema;
                self.check_result(session, (&migration.id, "down.sql"), here, target)?;
            }
            let mut keys = vec![key.as_str(), &migration.id];
            keys.extend(stood_for(&migration.plan.squashed));
            for key in keys {
                forget(session, key)?;
                session.engine().forget_statements(session, key)?;
            }
            write_state(session, target, &Answers::default())
        })?;
        done.irreversible.extend(irreversible(down));
        Ok(done)
    }

    fn guard_back(
        &self,
        session: &mut Session<'_>,
        migration: &Migration,
        target: &PhysicalSchema,
        accepted: &Accepted,
    ) -> Result<Option<Backup>, Error> {
        let (here, renames) = (&migration.snapshot.schema, migration.plan.renames.inverse());
        let here = &guard::with_strangers(session, here, target, &renames)?;
        let findings = guard::findings_back(self.dialect, here, target, &renames, session.connection)
            .map_err(|source| session.error("count the rows concerned", source))?;
        let mut remaining = accepted.remaining(&findings);
        if migration.is_way_back_edited() {
            // A person may have written where the values come from.
            remaining.retain(|finding| !finding.code.is_impossible());
        }
        if !remaining.is_empty() {
            return Err(Error::Guarded {
                datasource: self.datasource.clone(),
                migration: Some(rollback_key(&migration.id)),
                findings: remaining,
            });
        }
        if findings.is_empty() {
            return Ok(None);
        }
        self.backup(session, &format!("rollback-{}", migration.id)).map(Some)
    }
}
