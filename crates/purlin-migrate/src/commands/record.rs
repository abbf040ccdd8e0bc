//! `migrate dev`: the way from the last migration to the schema becomes a folder, and the
//! development database takes it, or is already there.

use std::path::PathBuf;

use purlin_core::DateTime;
use purlin_schema::model::Schema;

use super::dev::Afterwards;
use super::draft::Draft;
use super::plan::Consent;
use super::situation::Situation;
use super::{Deployed, Migrator};
use crate::connection::{Backup, MigrationConnection};
use crate::database::{History, Session};
use crate::diff::{Answers, Between, Difference, Phase, Step, diff};
use crate::error::Error;
use crate::folder::{Migration, MigrationName, load, remove};
use crate::guard::{self, Accepted, Finding};
use crate::physical::PhysicalSchema;

#[derive(Clone, Debug)]
pub struct MigrateDev<'a> {
    /// Made from the steps where none is given.
    pub name: Option<&'a MigrationName>,
    /// The time that the folder's name begins with.
    pub now: DateTime,
    /// Write the folder and leave the database alone, so that `up.sql` can be edited first.
    pub create_only: bool,
    /// Write what old copies of the app would not survive as a second migration.
    pub split: bool,
    pub consent: &'a Consent,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Migrations of the folder that were pending.
    pub deployed: Vec<String>,
    /// Empty when the migrations already lead to the schema; two where it is split.
    pub written: Vec<Written>,
    pub backup: Option<Backup>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub id: String,
    pub path: PathBuf,
    pub steps: Vec<Step>,
    /// What it is to copies of the app from before it.
    pub phase: Phase,
    /// What it did to the rows at hand.
    pub findings: Vec<Finding>,
    pub is_applied: bool,
}

impl Migrator {
    pub fn migrate_dev(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
        request: &MigrateDev<'_>,
    ) -> Result<Recorded, Error> {
        let mut migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let session = &mut session;
        let (situation, Deployed { migrations: deployed, backup, .. }) =
            self.catch_up(session, &migrations, &target, request.consent)?;
        self.refuse_edited(&situation, &migrations)?;
        let mut recorded = Recorded { deployed, backup, ..Recorded::default() };

        let base = migrations.last().map(|last| last.snapshot.schema.clone()).unwrap_or_default();
        let mut answers = request.consent.answers.clone();
        answers.0.extend(situation.state.answers.0.iter().cloned());
        let difference = diff(self.dialect, &base, &target, &answers);
        if difference.steps.is_empty() {
            self.take_along(session, &migrations, &situation, target, request, &mut recorded)?;
            return Ok(recorded);
        }
        if !difference.questions.is_empty() {
            let datasource = self.datasource.clone();
            return Err(Error::Unanswered { datasource, questions: difference.questions });
        }
        let findings = self.findings(session, &situation, &base, &target, &difference, request)?;

        let first = migrations.len();
        self.write_migrations(&mut migrations, &base, &target, difference, &findings, request)?;
        if !request.create_only {
            let taken = self.take_along(session, &migrations, &situation, target, request, &mut recorded);
            if let Err(error) = taken {
                // What is committed in part goes on with these files.
                let is_begun = matches!(&error, Error::Stopped { migration: Some(_), .. });
                let history = History::read(session).unwrap_or_default();
                let left = migrations.iter().skip(first);
                for migration in left.filter(|migration| !is_begun && !history.has(&migration.id)) {
                    remove(&migration.path)?;
                }
                return Err(error);
            }
        }
        for migration in migrations.iter().skip(first) {
            recorded.deployed.retain(|id| *id != migration.id);
            recorded.written.push(Written {
                id: migration.id.clone(),
                path: migration.path.clone(),
                steps: migration.plan.steps.clone(),
                phase: self.phase(&migrations, migration).0,
                findings: findings.clone(),
                is_applied: !request.create_only,
            });
        }
        Ok(recorded)
    }

    /// The rows at hand count where the migration itself will run on them.
    fn findings(
        &self,
        session: &mut Session<'_>,
        situation: &Situation,
        base: &PhysicalSchema,
        target: &PhysicalSchema,
        difference: &Difference,
        request: &MigrateDev<'_>,
    ) -> Result<Vec<Finding>, Error> {
        if !situation.is_clean {
            return Ok(Vec::new());
        }
        let base = &guard::with_strangers(session, base, target, &difference.renames)?;
        let findings = guard::findings(self.dialect, base, target, &difference.renames, session.connection)
            .map_err(|source| session.error("count the rows concerned", source))?;
        let remaining = request.consent.accepted.remaining(&findings);
        // A folder to be edited by hand may well start from what cannot run yet.
        if remaining.is_empty() || request.create_only {
            return Ok(findings);
        }
        Err(Error::Guarded { datasource: self.datasource.clone(), migration: None, findings: remaining })
    }

    /// One, or two with what both of their sides need between them.
    fn write_migrations(
        &self,
        migrations: &mut Vec<Migration>,
        base: &PhysicalSchema,
        target: &PhysicalSchema,
        difference: Difference,
        findings: &[Finding],
        request: &MigrateDev<'_>,
    ) -> Result<(), Error> {
        let name = match request.name {
            Some(name) => name.clone(),
            None => MigrationName::from_steps(&difference.steps),
        };
        let mut accepted = request.consent.accepted.clone();
        accepted.0.retain(|flag| findings.iter().any(|finding| finding.flag() == *flag));
        let between = self.between(base, target, &difference, request)?;
        let Some(between) = between else {
            return self.write_next(migrations, (&name, request.now), base, target, difference, accepted);
        };
        let none = Answers::default();
        let expand = diff(self.dialect, base, &between, &none);
        self.write_next(
            migrations,
            (&name.with("expand"), request.now),
            base,
            &between,
            expand,
            Accepted::default(),
        )?;
        let contract = diff(self.dialect, &between, target, &none);
        self.write_next(
            migrations,
            (&name.with("contract"), request.now),
            &between,
            target,
            contract,
            accepted,
        )
    }

    /// `None` where one migration is enough.
    fn between(
        &self,
        base: &PhysicalSchema,
        target: &PhysicalSchema,
        difference: &Difference,
        request: &MigrateDev<'_>,
    ) -> Result<Option<PhysicalSchema>, Error> {
        if !request.split {
            return Ok(None);
        }
        let engine = self.dialect.engine();
        let between = Between::of(engine, base, target, &difference.renames);
        if !between.refusals.is_empty() {
            let datasource = self.datasource.clone();
            return Err(Error::NotAtOnce { datasource, refusals: between.refusals });
        }
        let is_one = between.phase(engine, base, target) != Phase::Breaking;
        Ok((!is_one).then_some(between.schema))
    }

    pub(super) fn write_next(
        &self,
        migrations: &mut Vec<Migration>,
        (name, now): (&MigrationName, DateTime),
        base: &PhysicalSchema,
        target: &PhysicalSchema,
        difference: Difference,
        accepted: Accepted,
    ) -> Result<(), Error> {
        let last = migrations.last();
        let id = name.id(now, last.map(|last| last.id.as_str()));
        let parent = last.map(|last| last.snapshot.as_parent());
        let draft = Draft { id, parent, base, target: target.clone(), difference, accepted };
        migrations.push(draft.write(self, |_| {})?);
        Ok(())
    }

    /// A clean database runs what is pending; another goes straight to the schema, and keeps it
    /// as recorded.
    fn take_along(
        &self,
        session: &mut Session<'_>,
        migrations: &[Migration],
        situation: &Situation,
        target: PhysicalSchema,
        request: &MigrateDev<'_>,
        recorded: &mut Recorded,
    ) -> Result<(), Error> {
        if request.create_only {
            return Ok(());
        }
        if situation.is_clean {
            let deployed =
                self.deploy_pending(session, migrations, &request.consent.accepted, |_| Ok(true))?;
            recorded.deployed.extend(deployed.migrations);
            recorded.backup = recorded.backup.take().or(deployed.backup);
            return Ok(());
        }
        let applied =
            self.follow(session, migrations, situation, target, request.consent, Afterwards::Recorded)?;
        recorded.deployed.extend(applied.deployed);
        recorded.backup = recorded.backup.take().or(applied.backup);
        recorded.notes.extend(applied.notes);
        Ok(())
    }

    fn refuse_edited(&self, situation: &Situation, migrations: &[Migration]) -> Result<(), Error> {
        let edited =
            situation.history.rows.iter().find(|row| {
                migrations.iter().any(|other| other.id == row.id && other.checksum != row.checksum)
            });
        edited.map_or(Ok(()), |row| {
            Err(Error::Edited { datasource: self.datasource.clone(), migration: row.id.clone() })
        })
    }
}
