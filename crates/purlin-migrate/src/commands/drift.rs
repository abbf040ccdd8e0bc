//! `migrate drift`: what somebody changed in the database behind Purlin's back is adopted as known, corrected, or
//! ignored from now on.

use std::fs;

use purlin_schema::model::Schema;

use super::Migrator;
use super::situation::Situation;
use crate::adopt::owned;
use crate::connection::{Backup, MigrationConnection};
use crate::database::{Session, write_state};
use crate::diff::{Renames, column_changes, steps};
use crate::engine::Engine;
use crate::error::Error;
use crate::folder::load;
use crate::guard::{self, Accepted};
use crate::physical::{PhysicalSchema, Table};
use crate::render::{Direction, flatten, render};

/// In the datasource's folder: a list of objects.
const IGNORED: &str = "ignored-drift.json";

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The database is right: `migrate dev` records it, or takes it away, as the schema says.
    Adopt,
    /// The migrations are right: the database is brought back to them.
    Correct,
    /// Nobody is told of it again.
    Ignore,
}

impl Migrator {
    /// `Table`, `Table.column`, `Table.index`: database names of what differs, but for what is ignored.
    pub fn drift(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
    ) -> Result<Vec<String>, Error> {
        let mut session = self.session(connection);
        let (situation, live) = self.look(schema, &mut session)?;
        if situation.state.is_foreign {
            return Ok(Vec::new());
        }
        Ok(objects(self.dialect.engine(), &situation.state.schema, &live))
    }

    /// Settles some of it, or all where none is named. `accepted`: what bringing it back may lose.
    pub fn settle_drift(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
        drift: Drift,
        named: &[String],
        accepted: &Accepted,
    ) -> Result<(Vec<String>, Option<Backup>), Error> {
        let mut session = self.session(connection);
        let session = &mut session;
        let (situation, live) = self.look(schema, session)?;
        let state = &situation.state.schema;
        let found = objects(self.dialect.engine(), state, &live);
        if let Some(unknown) = named.iter().find(|name| !found.contains(name)) {
            return Err(self.not_possible(format!(
                "{unknown} has not drifted; what has: {}",
                if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
            )));
        }
        let chosen = if named.is_empty() { found } else { named.to_vec() };
        if chosen.is_empty() {
            return Ok((chosen, None));
        }
        let backup = match drift {
            Drift::Ignore => {
                self.ignore(&chosen)?;
                None
            }
            Drift::Adopt => {
                let mut known = state.clone();
                copy(&mut known, &live, &chosen);
                session
                    .exclusively(None, |session| write_state(session, &known, &situation.state.answers))?;
                None
            }
            Drift::Correct => {
                let mut target = live.clone();
                copy(&mut target, state, &chosen);
                self.correct(session, &situation, &live, &target, accepted)?
            }
        };
        Ok((chosen, backup))
    }

    /// What is recorded, and what is there in its names.
    fn look(&self, schema: &Schema, session: &mut Session<'_>) -> Result<(Situation, PhysicalSchema), Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let situation = Situation::read(session, &migrations, &target)?;
        let engine = self.dialect.engine();
        let live = owned(engine, &engine.introspect(session)?, &[&situation.state.schema, &target]);
        let live = self.without_ignored(live, &situation.state.schema)?;
        Ok((situation, live))
    }

    fn correct(
        &self,
        session: &mut Session<'_>,
        situation: &Situation,
        live: &PhysicalSchema,
        target: &PhysicalSchema,
        accepted: &Accepted,
    ) -> Result<Option<Backup>, Error> {
        let none = Renames::default();
        let steps = steps(self.dialect.engine(), live, target, &none);
        let findings = guard::findings(self.dialect, live, target, &none, session.connection)
            .map_err(|source| session.error("count the rows concerned", source))?;
        let remaining = accepted.remaining(&findings);
        if !remaining.is_empty() {
            let datasource = self.datasource.clone();
            return Err(Error::Guarded { datasource, migration: None, findings: remaining });
        }
        let backup = if findings.is_empty() { None } else { Some(self.backup(session, "drift")?) };
        let statements = flatten(render(self.dialect, &steps, target, Direction::Up));
        session.exclusively(None, |session| {
            session.engine().announce(session, target)?;
            session.run(None, &statements)?;
            write_state(session, &situation.state.schema, &situation.state.answers)
        })?;
        Ok(backup)
    }

    fn ignored(&self) -> Result<Vec<String>, Error> {
        let path = self.folder.join(IGNORED);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| Error::Malformed {
                path,
                reason: format!("it is no list of names: {error}"),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(Error::Io { action: "read", path, source }),
        }
    }

    fn ignore(&self, objects: &[String]) -> Result<(), Error> {
        let mut all = self.ignored()?;
        all.extend(objects.iter().cloned());
        all.sort();
        all.dedup();
        let path = self.folder.join(IGNORED);
        let text = serde_json::to_string_pretty(&all).unwrap_or_default() + "\n";
        fs::create_dir_all(&self.folder).and_then(|()| fs::write(&path, text)).map_err(|source| Error::Io {
            action: "write",
            path,
            source,
        })
    }

    /// As if what is ignored had never happened.
    pub(super) fn without_ignored(
        &self,
        mut live: PhysicalSchema,
        state: &PhysicalSchema,
    ) -> Result<PhysicalSchema, Error> {
        copy(&mut live, state, &self.ignored()?);
        Ok(live)
    }
}

/// What differs, by its name in the database.
fn objects(engine: &dyn Engine, state: &PhysicalSchema, live: &PhysicalSchema) -> Vec<String> {
    let mut found = Vec::new();
    for table in &state.tables {
        match live.table(&table.name) {
            None => found.push(table.name.clone()),
            Some(there) => found.extend(
                parts(table, there)
                    .into_iter()
                    .filter(|part| differs(engine, table, there, part))
                    .map(|part| format!("{}.{part}", table.name)),
            ),
        }
    }
    found
}

/// Names of columns, keys and indexes of either.
fn parts(one: &Table, other: &Table) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for table in [one, other] {
        names.extend(table.columns.iter().map(|column| column.name.clone()));
        names.extend(table.indexes.iter().map(|index| index.name.clone()));
        names.extend(table.foreign_keys.iter().map(|key| key.name.clone()));
        names.extend(table.primary_key.iter().map(|key| key.name.clone()));
    }
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    names
}

fn differs(engine: &dyn Engine, one: &Table, other: &Table, part: &str) -> bool {
    let column = match (one.column(part), other.column(part)) {
        (Some(one), Some(other)) => !column_changes(engine, other, one).is_empty(),
        (one, other) => one.is_some() != other.is_some(),
    };
    let index = match (one.index(part), other.index(part)) {
        (Some(one), Some(other)) => !one.is_like(other, engine),
        (one, other) => one.is_some() != other.is_some(),
    };
    let lacks = |one: &Table, other: &Table| {
        one.foreign_keys
            .iter()
            .any(|key| key.name == part && !other.foreign_keys.iter().any(|same| same.is_like(key)))
    };
    let is_key = |table: &Table| table.primary_key.as_ref().is_some_and(|key| key.name == part);
    let key = (is_key(one) || is_key(other)) && one.key_columns() != other.key_columns();
    column || index || lacks(one, other) || lacks(other, one) || key
}

/// Makes these objects what they are in the other state.
fn copy(into: &mut PhysicalSchema, from: &PhysicalSchema, objects: &[String]) {
    for source in &from.tables {
        if objects.contains(&source.name) && into.table(&source.name).is_none() {
            into.tables.push(source.clone());
        }
    }
    into.tables.retain(|table| from.table(&table.name).is_some() || !objects.contains(&table.name));
    into.tables.sort_by(|left, right| left.name.cmp(&right.name));
    for table in &mut into.tables {
        let Some(source) = from.table(&table.name) else { continue };
        let prefix = format!("{}.", table.name);
        for part in objects.iter().filter_map(|object| object.strip_prefix(&prefix)) {
            match (table.columns.iter().position(|column| column.name == part), source.column(part)) {
                (Some(at), Some(column)) => {
                    if let Some(place) = table.columns.get_mut(at) {
                        place.clone_from(column);
                    }
                }
                (None, Some(column)) => table.columns.push(column.clone()),
                (_, None) => table.columns.retain(|column| column.name != part),
            }
            table.indexes.retain(|index| index.name != part);
            table.indexes.extend(source.index(part).cloned());
            table.indexes.sort_by(|left, right| left.name.cmp(&right.name));
            table.foreign_keys.retain(|key| key.name != part);
            table.foreign_keys.extend(source.foreign_keys.iter().filter(|key| key.name == part).cloned());
            if source.primary_key.as_ref().is_some_and(|key| key.name == part) {
                table.primary_key.clone_from(&source.primary_key);
            }
        }
    }
}
