//! `migrate diff`: what leads from one state to another, wherever either is written down. Nothing is changed.

use purlin_schema::model::Schema;

use super::Migrator;
use super::situation::Situation;
use crate::adopt::owned;
use crate::connection::MigrationConnection;
use crate::diff::{Answers, Between, Phase, Question, Step, diff};
use crate::error::Error;
use crate::folder::load;
use crate::guard::{self, Finding};
use crate::physical::PhysicalSchema;
use crate::render::{Direction, render, sections};

/// Where a state is written down.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a> {
    Empty,
    /// What the last migration leads to.
    Migrations,
    /// What this one leads to.
    Migration(&'a str),
    /// What the database holds of the tables that the other side knows.
    Database,
    Schema(&'a Schema),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub steps: Vec<Step>,
    /// Of each step.
    pub phases: Vec<Phase>,
    /// As if every open question were answered by a drop.
    pub questions: Vec<Question>,
    /// Why old and new copies of the app could not serve at once.
    pub refusals: Vec<String>,
    /// What it would do to the rows of the database, where it begins there.
    pub findings: Vec<Finding>,
    /// The SQL of the steps, with a line about each.
    pub script: String,
}

impl Migrator {
    pub fn compare(
        &self,
        connection: &mut dyn MigrationConnection,
        from: Side<'_>,
        to: Side<'_>,
        answers: &Answers,
    ) -> Result<Comparison, Error> {
        let known = |side: Side<'_>| match side {
            Side::Database => Ok(None),
            side => self.written_down(side).map(Some),
        };
        let (old, new) = (known(from)?, known(to)?);
        let nothing = PhysicalSchema::default();
        let mut live =
            |other: Option<&PhysicalSchema>| self.live(&mut *connection, other.unwrap_or(&nothing));
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) => (old.clone(), live(Some(&old))?),
            (None, Some(new)) => (live(Some(&new))?, new),
            (None, None) => (live(None)?, live(None)?),
        };
        let difference = diff(self.dialect, &old, &new, answers);
        let engine = self.dialect.engine();
        let between = Between::of(engine, &old, &new, &difference.renames);
        let findings = if matches!(from, Side::Database) {
            let session = self.session(connection);
            guard::findings(self.dialect, &old, &new, &difference.renames, session.connection).map_err(
                |source| Error::Database {
                    datasource: self.datasource.clone(),
                    action: "count the rows concerned",
                    source,
                },
            )?
        } else {
            Vec::new()
        };
        Ok(Comparison {
            phases: between.phases(engine, &old, &difference.steps),
            script: sections(&render(self.dialect, &difference.steps, &new, Direction::Up)),
            refusals: between.refusals,
            steps: difference.steps,
            questions: difference.questions,
            findings,
        })
    }

    fn written_down(&self, side: Side<'_>) -> Result<PhysicalSchema, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let at = |name: Option<&str>| {
            let position = self.position(&migrations, name)?;
            Ok(migrations.get(position).map(|found| found.snapshot.schema.clone()).unwrap_or_default())
        };
        match side {
            Side::Empty | Side::Database => Ok(PhysicalSchema::default()),
            Side::Migrations if migrations.is_empty() => Ok(PhysicalSchema::default()),
            Side::Migrations => at(None),
            Side::Migration(name) => at(Some(name)),
            Side::Schema(schema) => self.target(schema, &migrations),
        }
    }

    /// Its own tables, under the schema's names.
    fn live(
        &self,
        connection: &mut dyn MigrationConnection,
        other: &PhysicalSchema,
    ) -> Result<PhysicalSchema, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let mut session = self.session(connection);
        let state = Situation::read(&mut session, &migrations, other)?.state.schema;
        let engine = self.dialect.engine();
        Ok(owned(engine, &engine.introspect(&mut session)?, &[&state, other]))
    }
}
