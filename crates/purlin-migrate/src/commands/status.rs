//! `migrate status`: what is applied, what is pending, and where things have drifted apart.

use purlin_schema::model::Schema;

use super::Migrator;
use super::situation::Situation;
use crate::adopt::owned;
use crate::connection::MigrationConnection;
use crate::database::Unfinished;
use crate::diff::{Answers, Renames, Step, diff, steps};
use crate::error::Error;
use crate::folder::load;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    pub applied: Vec<AppliedMigration>,
    pub pending: Vec<String>,
    /// Why a deployment would be refused.
    pub problem: Option<String>,
    /// What the database carries beyond its migrations: `purlin dev` made it.
    pub unrecorded: Vec<Step>,
    /// What was changed by hand, behind Purlin's back.
    pub drift: Vec<Step>,
    /// What the schema asks for and no migration does.
    pub unwritten: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedMigration {
    pub id: String,
    pub finished_at: String,
    /// Recorded without running: `purlin dev` had already made the changes.
    pub is_recorded: bool,
}

impl Status {
    pub fn is_up_to_date(&self) -> bool {
        self.pending.is_empty()
            && self.problem.is_none()
            && self.unrecorded.is_empty()
            && self.drift.is_empty()
            && self.unwritten.is_empty()
    }
}

fn half_way(unfinished: &Unfinished, done: usize) -> String {
    let Unfinished { id, is_rollback, total } = unfinished;
    let (what, command) = if *is_rollback { ("the rollback of ", "rollback") } else { ("", "deploy") };
    format!(
        "{what}{id} stopped half-way, {done} of {total} statements are done: `purlin migrate {command}` goes on with it"
    )
}

impl Migrator {
    pub fn status(&self, schema: &Schema, connection: &mut dyn MigrationConnection) -> Result<Status, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &migrations, &target)?;
        let problem = situation.check_history(self, &migrations).err().map(|error| error.to_string());
        let engine = self.dialect.engine();
        let problem = match (problem, &situation.history.unfinished) {
            (None, Some(unfinished)) => {
                let done = engine.finished(&mut session, &unfinished.key())?;
                Some(half_way(unfinished, done))
            }
            (problem, _) => problem,
        };

        let state = &situation.state.schema;
        let live = owned(engine, &engine.introspect(&mut session)?, &[state, &target]);
        let live = self.without_ignored(live, state)?;
        let none = Renames::default();
        let last_applied = migrations.iter().rev().find(|migration| situation.history.has(&migration.id));
        let applied_schema = last_applied.map(|last| last.snapshot.schema.clone()).unwrap_or_default();
        let last_schema = migrations.last().map(|last| last.snapshot.schema.clone()).unwrap_or_default();
        Ok(Status {
            pending: situation.pending(&migrations).iter().map(|migration| migration.id.clone()).collect(),
            problem,
            unrecorded: steps(engine, &applied_schema, state, &none),
            drift: if situation.state.is_foreign { Vec::new() } else { steps(engine, state, &live, &none) },
            unwritten: diff(self.dialect, &last_schema, &target, &Answers::default()).steps,
            applied: situation
                .history
                .rows
                .into_iter()
                .map(|row| AppliedMigration {
                    id: row.id,
                    finished_at: row.finished_at,
                    is_recorded: row.is_recorded,
                })
                .collect(),
        })
    }
}
