//! Rolling upgrades: what of a migration old copies of the app survive, and whether a copy may serve while the database
//! is between its schema and another.

use purlin_schema::model::Schema;

use super::Migrator;
use super::situation::Situation;
use crate::connection::MigrationConnection;
use crate::diff::{Answers, Between, Phase, Renames, diff, steps};
use crate::error::Error;
use crate::folder::{Migration, load};
use crate::physical::PhysicalSchema;

impl Migrator {
    /// What a migration is to copies of the app from before it.
    pub(super) fn phase(&self, migrations: &[Migration], migration: &Migration) -> (Phase, Vec<String>) {
        let nothing = PhysicalSchema::default();
        let before = migrations.iter().take_while(|other| other.id != migration.id).last();
        let before = before.map_or(&nothing, |before| &before.snapshot.schema);
        let after = &migration.snapshot.schema;
        let engine = self.dialect.engine();
        let between = Between::of(engine, before, after, &migration.plan.renames);
        (between.phase(engine, before, after), between.refusals)
    }

    /// Whether the database serves this schema and another one: why, or `None`.
    pub fn serves_both(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
    ) -> Result<Option<String>, Error> {
        let migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &migrations, &target)?;
        let Some(last) = migrations.last() else { return Ok(None) };
        let engine = self.dialect.engine();
        let is_written = steps(engine, &last.snapshot.schema, &target, &Renames::default()).is_empty();
        if situation.state.is_foreign || situation.history.unfinished.is_some() || !is_written {
            return Ok(None);
        }
        let state = &situation.state.schema;
        let pending = situation.pending(&migrations);
        let is_known = |id: &str| migrations.iter().any(|migration| migration.id == id);
        let unknown: Vec<&str> =
            situation.history.rows.iter().map(|row| row.id.as_str()).filter(|id| !is_known(id)).collect();
        if unknown.is_empty() && !pending.is_empty() {
            let waits = pending.iter().all(|next| self.phase(&migrations, next).0 == Phase::Contract);
            return Ok((waits && self.is(Phase::Contract, state, &target)).then(|| {
                format!(
                    "{} waits until no copy from before it serves any more: then run `purlin migrate deploy`",
                    names(pending.iter().map(|next| next.id.as_str()))
                )
            }));
        }
        let is_ahead = pending.is_empty() && unknown.iter().all(|id| *id > last.id.as_str());
        let fits = !unknown.is_empty() && is_ahead && self.is(Phase::Expand, &target, state);
        Ok(fits.then(|| {
            format!(
                "the database is ahead, by {}; this version still fits it",
                names(unknown.iter().copied())
            )
        }))
    }

    fn is(&self, phase: Phase, from: &PhysicalSchema, to: &PhysicalSchema) -> bool {
        let engine = self.dialect.engine();
        let difference = diff(self.dialect, from, to, &Answers::default());
        let between = Between::of(engine, from, to, &difference.renames);
        between.phase(engine, from, to) == phase
    }
}

fn names<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}
