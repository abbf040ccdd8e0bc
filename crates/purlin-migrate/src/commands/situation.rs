//! Where a database stands between its history, its folder and changes made without a migration.

use super::Migrator;
use crate::adopt::owned;
use crate::connection::Failure;
use crate::database::{AppliedRow, History, Session, State};
use crate::diff::{Renames, steps};
use crate::error::Error;
use crate::folder::{Migration, Squashed};
use crate::physical::PhysicalSchema;

/// Tables come and go while another copy migrates.
const MOST_LOOKS: usize = 10;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Situation {
    pub(super) history: History,
    pub(super) state: State,
    /// The database is exactly what its migrations made of it.
    pub(super) is_clean: bool,
}

/// Rows of migrations that were squashed count as the one that stands for them.
fn fold(history: &mut History, id: &str, checksum: &str, squashed: &[Squashed]) {
    for part in squashed {
        fold(history, &part.id, &part.checksum, &part.squashed);
    }
    let is_part =
        |row: &AppliedRow| squashed.iter().any(|part| part.id == row.id && part.checksum == row.checksum);
    let found: Vec<AppliedRow> = history.rows.iter().filter(|row| is_part(row)).cloned().collect();
    if let Some(last) = found.last().filter(|_| found.len() == squashed.len()) {
        let (id, checksum) = (id.to_owned(), checksum.to_owned());
        let whole = AppliedRow { id, checksum, ..last.clone() };
        history.rows.retain(|row| !is_part(row));
        history.rows.push(whole);
        history.rows.sort_by(|left, right| left.id.cmp(&right.id));
    }
}

/// The names of everything that it stands for.
pub(super) fn stood_for(squashed: &[Squashed]) -> Vec<&str> {
    squashed
        .iter()
        .flat_map(|part| std::iter::once(part.id.as_str()).chain(stood_for(&part.squashed)))
        .collect()
}

impl Situation {
    /// One consistent look. `target`: what to look for in a database made by someone else.
    pub(super) fn read(
        session: &mut Session<'_>,
        migrations: &[Migration],
        target: &PhysicalSchema,
    ) -> Result<Self, Error> {
        for _ in 0..MOST_LOOKS {
            match Self::look(session, migrations, target) {
                Err(Error::Database { source, .. }) if source.failure == Failure::Changed => {}
                other => return other,
            }
        }
        Self::look(session, migrations, target)
    }

    fn look(
        session: &mut Session<'_>,
        migrations: &[Migration],
        target: &PhysicalSchema,
    ) -> Result<Self, Error> {
        session.execute("read", session.engine().begin_reading(), &[])?;
        let read = Self::read_inside(session, migrations, target);
        let ended = session.execute("read", "COMMIT", &[]);
        let situation = read?;
        ended.map(|()| situation)
    }

    /// The same, inside a transaction.
    pub(super) fn read_inside(
        session: &mut Session<'_>,
        migrations: &[Migration],
        target: &PhysicalSchema,
    ) -> Result<Self, Error> {
        let mut history = History::read(session)?;
        for migration in migrations {
            fold(&mut history, &migration.id, &migration.checksum, &migration.plan.squashed);
        }
        let mut state = State::read(session)?;
        if state.is_foreign {
            let mut of = vec![target];
            of.extend(migrations.iter().rev().map(|migration| &migration.snapshot.schema));
            state.schema = owned(session.engine(), &state.schema, &of);
            state.is_foreign = !state.schema.tables.is_empty();
            if !state.is_foreign {
                state.schema = PhysicalSchema::default();
            }
        }
        if history.unfinished.is_some() && state.is_foreign {
            // Those of a first migration that was cut short.
            state = State::default();
        }
        if let Some(aim) = session.engine().interrupted(session)? {
            let engine = session.engine();
            state.schema = owned(engine, &engine.introspect(session)?, &[&aim, &state.schema]);
        }
        let is_known = history.rows.iter().all(|row| migrations.iter().any(|other| other.id == row.id));
        let last = migrations.iter().rev().find(|migration| history.has(&migration.id));
        let empty = PhysicalSchema::default();
        let recorded = last.map_or(&empty, |last| &last.snapshot.schema);
        let is_clean =
            is_known && steps(session.engine(), &state.schema, recorded, &Renames::default()).is_empty();
        Ok(Self { history, state, is_clean })
    }

    /// A way back that was cut short has to be gone to its end first.
    pub(super) fn refuse_half_rolled_back(&self, session: &mut Session<'_>) -> Result<(), Error> {
        let Some(unfinished) = self.history.unfinished.as_ref().filter(|unfinished| unfinished.is_rollback)
        else {
            return Ok(());
        };
        let done = session.engine().finished(session, &unfinished.key())?;
        Err(Error::HalfRolledBack {
            datasource: session.datasource.to_owned(),
            migration: unfinished.id.clone(),
            done,
            total: unfinished.total,
        })
    }

    pub(super) fn pending<'m>(&self, migrations: &'m [Migration]) -> Vec<&'m Migration> {
        migrations.iter().filter(|migration| !self.history.has(&migration.id)).collect()
    }

    /// Of the migrations that became one, this database has some.
    fn refuse_half_squashed(
        &self,
        migrator: &Migrator,
        migrations: &[Migration],
        id: &str,
    ) -> Result<(), Error> {
        let of = |migration: &&Migration| stood_for(&migration.plan.squashed).contains(&id);
        let Some(squash) = migrations.iter().find(of) else { return Ok(()) };
        let parts = squash.plan.squashed.iter().map(|part| part.id.clone());
        let (applied, missing) = parts.partition(|part| self.history.has(part));
        Err(Error::HalfSquashed {
            datasource: migrator.datasource.clone(),
            migration: squash.id.clone(),
            applied,
            missing,
        })
    }

    /// The first way in which the history in the database and the folder contradict each other.
    pub(super) fn check_history(&self, migrator: &Migrator, migrations: &[Migration]) -> Result<(), Error> {
        let datasource = migrator.datasource.clone();
        for row in &self.history.rows {
            let Some(migration) = migrations.iter().find(|migration| migration.id == row.id) else {
                self.refuse_half_squashed(migrator, migrations, &row.id)?;
                let (migration, folder) = (row.id.clone(), migrator.folder.clone());
                return Err(Error::Unknown { datasource, migration, folder });
            };
            if migration.checksum != row.checksum {
                return Err(Error::Edited { datasource, migration: row.id.clone() });
            }
        }
        if let Some(unfinished) = &self.history.unfinished
            && migrations.iter().all(|migration| migration.id != unfinished.id)
        {
            let folder = migrator.folder.clone();
            return Err(Error::Unknown { datasource, migration: unfinished.id.clone(), folder });
        }
        let last = migrations.iter().rposition(|migration| self.history.has(&migration.id));
        let skipped = migrations.iter().take(last.unwrap_or(0)).find(|other| !self.history.has(&other.id));
        match (skipped, last.and_then(|last| migrations.get(last))) {
            (Some(skipped), Some(last)) => {
                Err(Error::OutOfOrder { datasource, migration: skipped.id.clone(), applied: last.id.clone() })
            }
            _ => Ok(()),
        }
    }
}
