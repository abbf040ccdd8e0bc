//! The target's tables: what is there before a move, what it needs to begin, and what makes it an app's database at the
//! end.

use std::path::{Path, PathBuf};

use purlin_core::schema::Schema;
use purlin_migrate::{Consent, MigrateDev, MigrationName, Migrator};

use crate::cli::{Failure, migration_failure};
use crate::wire::{self, Database, Missing, Place};

/// What the target holds before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing of the app.
    Nothing,
    /// A move that has begun.
    Move,
}

#[derive(Debug)]
pub struct Structure<'a> {
    pub app: &'a Path,
    pub target: &'a Database,
    pub schema: &'a Schema,
    /// The schema with the table of the progress.
    pub with_progress: &'a Schema,
}

impl Structure<'_> {
    /// Fails where the target has something of the app that is not of an unfinished move.
    pub fn look(&self) -> Result<Found, Failure> {
        let occupied = if let Some(present) = wire::present_documents(self.target, self.with_progress)? {
            if present.iter().any(|name| name == Migrator::MOVE_TABLE) {
                return Ok(Found::Move);
            }
            present.into_iter().map(|name| format!("collection {name}")).collect()
        } else if self.target.place.is_missing() {
            return Ok(Found::Nothing);
        } else {
            // A server may have to make the database first.
            let (migrator, mut connection) = wire::migrator(self.app, self.target)?;
            if migrator.is_filling(&mut *connection).map_err(|error| migration_failure(&error))? {
                return Ok(Found::Move);
            }
            migrator.occupied(self.schema, &mut *connection).map_err(|error| migration_failure(&error))?
        };
        if occupied.is_empty() {
            return Ok(Found::Nothing);
        }
        let message = format!(
            "{} has something of the app already:\n  - {}",
            self.target.place,
            occupied.join("\n  - ")
        );
        Err(Failure::problem("NOT_EMPTY", message).with_help(
            "a move fills a database that has nothing of the app: name another, or drop these there yourself",
        ))
    }

    /// Makes what rows are put into, first of all what says that this is a move. Again it makes what is missing.
    pub fn begin(&self) -> Result<(), Failure> {
        if let Place::Mongo(_) = &self.target.place {
            let mut progress = self.with_progress.clone();
            progress.models.retain(|model| model.table == Migrator::MOVE_TABLE);
            wire::make_documents(self.target, &progress)?;
            return wire::make_documents(self.target, self.schema).map(|_| ());
        }
        let (migrator, mut connection) = wire::migrator(self.app, self.target)?;
        migrator.begin_filling(self.schema, &mut *connection).map_err(|error| migration_failure(&error))
    }

    /// Whether the folder of migrations is one of another engine.
    pub fn has_other_migrations(&self) -> Result<bool, Failure> {
        if self.target.place.dialect().is_none() {
            return Ok(false);
        }
        let (migrator, _) = wire::migrator(self.app, self.target)?;
        migrator.is_of_other_engine().map_err(|error| migration_failure(&error))
    }

    /// Foreign keys, and the history: what the next `migrate deploy` and `serve` look at. With what is to be told.
    pub fn end(&self, writes_migration: bool) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        if self.target.place.dialect().is_some() {
            let (migrator, mut connection) = wire::migrator(self.app, self.target)?;
            let failed = |error: &purlin_migrate::Error| migration_failure(error);
            if writes_migration {
                let aside = migrator.set_aside().map_err(|error| failed(&error))?;
                let name = MigrationName::parse("moved").map_err(|error| failed(&error))?;
                let consent = Consent::default();
                let now = purlin_core::clock::Clock::now(&purlin_core::clock::SystemClock);
                let request = MigrateDev {
                    name: Some(&name),
                    now,
                    create_only: false,
                    split: false,
                    consent: &consent,
                };
                let recorded = migrator.migrate_dev(self.schema, &mut *connection, &request);
                let recorded = recorded.map_err(|error| failed(&error))?;
                notes.extend(
                    recorded.written.iter().map(|written| self.began(&written.path, aside.as_deref())),
                );
            } else {
                let followed = migrator.dev(self.schema, &mut *connection, &Consent::default());
                followed.map_err(|error| failed(&error))?;
            }
        }
        wire::require_fit(self.app, self.target, self.schema, Missing::Refuse)?;
        Ok(notes)
    }

    fn began(&self, written: &Path, aside: Option<&Path>) -> String {
        let shown = |path: &Path| {
            let path: PathBuf = path.strip_prefix(self.app).unwrap_or(path).to_owned();
            crate::cli::shown(&path)
        };
        let before =
            aside.map(|aside| format!("; those of before are in {}", shown(aside))).unwrap_or_default();
        format!("the migrations begin anew with {}{before}: commit both", shown(written))
    }

    /// Takes the table of the progress away.
    pub fn forget_progress(&self) -> Result<(), Failure> {
        if let Place::Mongo(_) = &self.target.place {
            return wire::drop_documents(self.target, Migrator::MOVE_TABLE);
        }
        let (migrator, mut connection) = wire::migrator(self.app, self.target)?;
        migrator.end_filling(&mut *connection).map_err(|error| migration_failure(&error))
    }
}
