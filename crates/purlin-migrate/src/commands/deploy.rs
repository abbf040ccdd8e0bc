//! `migrate deploy`: pending migrations in order, each in one transaction with its history row.
//! Copies that deploy at the same time wait for each other, look again, and find nothing to do.

use super::Migrator;
use super::situation::Situation;
use crate::adopt::owned;
use crate::connection::{Backup, MigrationConnection};
use crate::database::{Session, record, write_state};
use crate::diff::{Answers, Phase, Renames, steps};
use crate::error::Error;
use crate::folder::{Migration, load};
use crate::guard::{self, Accepted};
use crate::physical::PhysicalSchema;
use crate::script::statements;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// Those that this call applied, in order.
    pub migrations: Vec<String>,
    /// Those that the database was already what they lead to: only their rows were written.
    pub recorded: Vec<String>,
    /// Made before the first destructive one.
    pub backup: Option<Backup>,
    /// Those that wait until no copy of the app from before them serves any more.
    pub waiting: Vec<String>,
}

impl Migrator {
    pub fn deploy(
        &self,
        connection: &mut dyn MigrationConnection,
        accepted: &Accepted,
    ) -> Result<Deployed, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let mut session = self.session(connection);
        self.deploy_pending(&mut session, &migrations, accepted, |_| Ok(true))
    }

    /// Only what copies of the app from before survive: it stops at the first migration that they do not.
    pub fn deploy_expanding(
        &self,
        connection: &mut dyn MigrationConnection,
        accepted: &Accepted,
    ) -> Result<Deployed, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let mut session = self.session(connection);
        self.deploy_pending(&mut session, &migrations, accepted, |next| match self.phase(&migrations, next) {
            (Phase::Expand, _) => Ok(true),
            (Phase::Contract, _) => Ok(false),
            (Phase::Breaking, mut reasons) => {
                if reasons.is_empty() {
                    reasons
                        .push("it adds what new copies need, and takes away what old ones need".to_owned());
                }
                let (datasource, migration) = (self.datasource.clone(), next.id.clone());
                Err(Error::Breaking { datasource, migration, reasons })
            }
        })
    }

    pub(super) fn deploy_pending(
        &self,
        session: &mut Session<'_>,
        migrations: &[Migration],
        accepted: &Accepted,
        is_wanted: impl Fn(&Migration) -> Result<bool, Error>,
    ) -> Result<Deployed, Error> {
        let mut deployed = Deployed::default();
        loop {
            let situation = Situation::read(session, migrations, &PhysicalSchema::default())?;
            situation.check_history(self, migrations)?;
            situation.refuse_half_rolled_back(session)?;
            let Some(next) = situation.pending(migrations).first().copied() else { return Ok(deployed) };
            if !situation.history.is_begun(&next.id) && !is_wanted(next)? {
                let waiting = situation.pending(migrations).into_iter();
                deployed.waiting = waiting.map(|migration| migration.id.clone()).collect();
                return Ok(deployed);
            }
            if self.is_there(&situation, next) {
                session.exclusively(Some(&next.id), |session| {
                    if Situation::read_inside(session, migrations, &PhysicalSchema::default())? != situation {
                        return Ok(());
                    }
                    record(session, &next.id, &next.checksum, 0, true)?;
                    write_state(session, &next.snapshot.schema, &Answers::default())
                })?;
                deployed.recorded.push(next.id.clone());
                continue;
            }
            // One that was cut short has passed the guard, and its tables are no longer those that it counts.
            if !situation.history.is_begun(&next.id) {
                self.check_clean(&situation)?;
                self.guard(session, &situation, next, accepted, &mut deployed)?;
            }
            let is_applied = session.exclusively(Some(&next.id), |session| {
                let now = Situation::read_inside(session, migrations, &PhysicalSchema::default())?;
                if now != situation {
                    return Ok(false);
                }
                self.apply(session, &situation.state.schema, next)?;
                Ok(true)
            })?;
            if is_applied {
                deployed.migrations.push(next.id.clone());
            }
        }
    }

    /// Whether somebody else has made the change, and it was adopted as known.
    fn is_there(&self, situation: &Situation, next: &Migration) -> bool {
        let (state, target) = (&situation.state.schema, &next.snapshot.schema);
        !situation.is_clean
            && !situation.state.is_foreign
            && situation.history.unfinished.is_none()
            && steps(self.dialect.engine(), state, target, &Renames::default()).is_empty()
    }

    pub(super) fn check_clean(&self, situation: &Situation) -> Result<(), Error> {
        let datasource = self.datasource.clone();
        if situation.state.is_foreign {
            let tables = situation.state.schema.tables.iter().map(|table| table.name.clone()).collect();
            return Err(Error::NotEmpty { datasource, tables });
        }
        if situation.is_clean { Ok(()) } else { Err(Error::Unrecorded { datasource }) }
    }

    /// Counts what the migration would lose here; copies the database before it does.
    fn guard(
        &self,
        session: &mut Session<'_>,
        situation: &Situation,
        next: &Migration,
        accepted: &Accepted,
        deployed: &mut Deployed,
    ) -> Result<(), Error> {
        let (state, target) = (&situation.state.schema, &next.snapshot.schema);
        let state = guard::with_strangers(session, state, target, &next.plan.renames)?;
        let findings = guard::findings(self.dialect, &state, target, &next.plan.renames, session.connection)
            .map_err(|source| session.error("count the rows concerned", source))?;
        let mut remaining = accepted.with(&next.plan.accepted).remaining(&findings);
        if !next.plan.squashed.is_empty() {
            // Its statements take the longer way, which has room for values in between.
            remaining.retain(|finding| !finding.code.is_impossible());
        }
        // Statements written by hand may well deal with what the generated ones would have lost.
        if !remaining.is_empty() && !next.is_edited_by_hand() {
            return Err(Error::Guarded {
                datasource: self.datasource.clone(),
                migration: Some(next.id.clone()),
                findings: remaining,
            });
        }
        if !findings.is_empty() && deployed.backup.is_none() {
            deployed.backup = Some(self.backup(session, &next.id)?);
        }
        Ok(())
    }

    pub(super) fn backup(&self, session: &mut Session<'_>, label: &str) -> Result<Backup, Error> {
        session
            .connection
            .backup(label)
            .map_err(|source| Error::Backup { datasource: self.datasource.clone(), source })
    }

    /// Inside the transaction.
    fn apply(
        &self,
        session: &mut Session<'_>,
        before: &PhysicalSchema,
        migration: &Migration,
    ) -> Result<(), Error> {
        let statements = statements(&migration.up);
        session.run(Some(&migration.id), &statements)?;
        if migration.is_edited_by_hand() {
            self.check_result(session, (&migration.id, "up.sql"), before, &migration.snapshot.schema)?;
        }
        record(session, &migration.id, &migration.checksum, statements.len(), false)?;
        write_state(session, &migration.snapshot.schema, &Answers::default())
    }

    /// Whatever a person wrote must lead to the snapshot, or later plans start from a wrong state.
    pub(super) fn check_result(
        &self,
        session: &mut Session<'_>,
        (id, file): (&str, &str),
        before: &PhysicalSchema,
        expected: &PhysicalSchema,
    ) -> Result<(), Error> {
        let engine = self.dialect.engine();
        let live = owned(engine, &engine.introspect(session)?, &[expected, before]);
        let missing = steps(engine, &live, expected, &Renames::default());
        if missing.is_empty() {
            return Ok(());
        }
        let problems =
            missing.iter().map(|step| format!("{file} was edited and no longer does this: {step}")).collect();
        let migration = Some(id.to_owned());
        Err(Error::Broken { datasource: self.datasource.clone(), migration, problems })
    }
}
