//! `purlin dev`: the development database follows the schema at once. What the folder holds comes
//! first; the rest is applied directly, and `purlin migrate dev` writes it down later.

use purlin_schema::model::Schema;

use super::plan::{Consent, Plan};
use super::situation::Situation;
use super::{Deployed, Migrator};
use crate::connection::{Backup, MigrationConnection};
use crate::database::{Session, forget, record, write_state};
use crate::diff::{Answers, Question, Step};
use crate::error::Error;
use crate::folder::{Migration, load};
use crate::physical::PhysicalSchema;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// Migrations of the folder that were pending.
    pub deployed: Vec<String>,
    /// What was changed beyond them.
    pub steps: Vec<Step>,
    pub backup: Option<Backup>,
    /// For the person who runs it.
    pub notes: Vec<String>,
}

/// Whether the folder knows what the database then holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// The decided renames are kept for the migration that will record them.
    Unrecorded,
    Recorded,
}

impl Applied {
    /// Nothing was changed.
    pub fn is_up_to_date(&self) -> bool {
        self.deployed.is_empty() && self.steps.is_empty()
    }
}

impl Migrator {
    /// What [`Migrator::dev`] would do beyond pending migrations.
    pub fn plan_dev(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
        answers: &Answers,
    ) -> Result<Plan, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &migrations, &target)?;
        Self::plan_from(&mut session, situation.state.schema, target, answers)
    }

    /// Brings the database along. Changes nothing if it returns an error, except that migrations
    /// of the folder stay applied.
    pub fn dev(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
        consent: &Consent,
    ) -> Result<Applied, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let session = &mut session;
        let (situation, deployed) = self.catch_up(session, &migrations, &target, consent)?;
        let mut applied =
            self.follow(session, &migrations, &situation, target, consent, Afterwards::Unrecorded)?;
        applied.deployed.splice(0..0, deployed.migrations);
        applied.backup = deployed.backup.or(applied.backup);
        if !migrations.is_empty() && !applied.steps.is_empty() {
            applied
                .notes
                .push("these changes are in no migration yet: `purlin migrate dev` records them".to_owned());
        }
        Ok(applied)
    }

    /// Deploys what is pending, where the database is in a state to take it.
    pub(super) fn catch_up(
        &self,
        session: &mut Session<'_>,
        migrations: &[Migration],
        target: &PhysicalSchema,
        consent: &Consent,
    ) -> Result<(Situation, Deployed), Error> {
        let situation = Situation::read(session, migrations, target)?;
        situation.refuse_half_rolled_back(session)?;
        if !situation.is_clean || situation.pending(migrations).is_empty() {
            return Ok((situation, Deployed::default()));
        }
        let deployed = self.deploy_pending(session, migrations, &consent.accepted, |_| Ok(true))?;
        Ok((Situation::read(session, migrations, target)?, deployed))
    }

    /// From whatever the database holds to the target. Migrations that could not run, because
    /// the database already carries changes of its own, are recorded as done.
    pub(super) fn follow(
        &self,
        session: &mut Session<'_>,
        migrations: &[Migration],
        situation: &Situation,
        target: PhysicalSchema,
        consent: &Consent,
        afterwards: Afterwards,
    ) -> Result<Applied, Error> {
        let plan = Self::plan_from(session, situation.state.schema.clone(), target, &consent.answers)?;
        plan.check(&self.datasource, &consent.accepted)?;
        let pending = situation.pending(migrations);
        let mut applied = Applied { steps: plan.steps.clone(), ..Applied::default() };
        let foreign: Vec<String> = situation
            .history
            .rows
            .iter()
            .filter(|row| migrations.iter().all(|migration| migration.id != row.id))
            .map(|row| row.id.clone())
            .collect();
        let is_there = plan.is_empty() && plan.target == situation.state.schema;
        if is_there && pending.is_empty() && foreign.is_empty() {
            return Ok(applied);
        }
        if !foreign.is_empty() {
            applied.notes.push(format!("no longer in the folder, and forgotten: {}", foreign.join(", ")));
        }
        if situation.state.is_foreign {
            applied.notes.push(format!(
                "{} tables of this database were made by something else; from now on they follow the schema",
                situation.state.schema.tables.len()
            ));
        }
        if !plan.findings.is_empty() {
            applied.backup = Some(self.backup(session, "dev")?);
        }
        for migration in &pending {
            applied.deployed.push(migration.id.clone());
            let by_hand = if migration.is_edited_by_hand() {
                "; statements written by hand in its up.sql did not run"
            } else {
                ""
            };
            applied.notes.push(format!(
                "{} is recorded as applied: this database went straight to the schema{by_hand}",
                migration.id
            ));
        }
        let mut answers = Answers::default();
        if afterwards == Afterwards::Unrecorded {
            answers.clone_from(&situation.state.answers);
            answers.remember(&plan.renames);
        }
        session.exclusively(None, |session| {
            if Situation::read_inside(session, migrations, &plan.target)? != *situation {
                return Err(Error::Stale { datasource: self.datasource.clone() });
            }
            session.engine().announce(session, &plan.target)?;
            session.run(None, &plan.statements)?;
            for id in &foreign {
                forget(session, id)?;
                session.engine().forget_statements(session, id)?;
            }
            for migration in &pending {
                record(session, &migration.id, &migration.checksum, 0, true)?;
            }
            write_state(session, &plan.target, &answers)
        })?;
        Ok(applied)
    }

    /// Questions about what holds no rows answer themselves: nothing is lost by dropping it.
    fn plan_from(
        session: &mut Session<'_>,
        base: PhysicalSchema,
        target: PhysicalSchema,
        answers: &Answers,
    ) -> Result<Plan, Error> {
        let plan = Plan::make(session, base, target, answers)?;
        let mut answers = answers.clone();
        let known = answers.0.len();
        for question in &plan.questions {
            if Self::is_empty(session, &plan, question)? {
                answers.0.push(question.drop());
            }
        }
        if answers.0.len() == known {
            return Ok(plan);
        }
        Plan::make(session, plan.base, plan.target, &answers)
    }

    fn is_empty(session: &mut Session<'_>, plan: &Plan, question: &Question) -> Result<bool, Error> {
        let engine = session.engine();
        let sql = match &question.table {
            None => format!("SELECT 1 FROM {} LIMIT 1", engine.table(&question.database_name)),
            Some(label) => {
                let table = plan.target.tables.iter().find(|table| table.label() == label);
                let Some(table) = table else { return Ok(false) };
                let name = engine.sql().identifier(&question.database_name);
                let table = engine.table(plan.renames.old_table(&table.name));
                format!("SELECT 1 FROM {table} WHERE {name} IS NOT NULL LIMIT 1")
            }
        };
        Ok(session.query("count the rows concerned", &sql, &[])?.is_empty())
    }
}
