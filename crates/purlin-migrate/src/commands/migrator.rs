//! What all commands share: the datasource, its engine, its folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use purlin_schema::model::{Datasource, Schema};

use super::baseline::leave_out;
use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::engine::Lock;
use crate::error::Error;
use crate::folder::Migration;
use crate::physical::{PhysicalSchema, implied_indexes, physical};

/// The migrations of one datasource.
#[derive(Clone, Debug)]
pub struct Migrator {
    pub(super) datasource: String,
    pub(super) dialect: MigrationDialect,
    pub(super) folder: PathBuf,
    lock: Lock,
}

impl Migrator {
    /// `migrations` is the app's folder; each datasource has its own inside.
    pub fn new(datasource: impl Into<String>, dialect: MigrationDialect, migrations: &Path) -> Self {
        let datasource = datasource.into();
        Self { folder: migrations.join(&datasource), datasource, dialect, lock: Lock::default() }
    }

    /// How long to wait for another migration of the same database; a minute unless said otherwise. On SQLite the
    /// connection's own patience counts.
    #[must_use]
    pub fn with_lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock = Lock { timeout };
        self
    }

    /// Where its migrations stand.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn session<'c>(&'c self, connection: &'c mut dyn MigrationConnection) -> Session<'c> {
        Session { lock: self.lock, ..Session::new(&self.datasource, self.dialect, connection) }
    }

    /// What the schema asks of the database, but for what a baseline goes without.
    pub(super) fn target(&self, schema: &Schema, migrations: &[Migration]) -> Result<PhysicalSchema, Error> {
        let datasource = self.datasource_of(schema)?.id;
        let mut target = physical(schema, datasource, self.dialect)?;
        let baseline = migrations.iter().find_map(|migration| migration.plan.baseline.as_ref());
        if let Some(baseline) = baseline.filter(|baseline| !baseline.left_out.is_empty()) {
            let mut missing = implied_indexes(schema, datasource, self.dialect)?;
            missing.retain(|name| baseline.left_out.contains(name));
            leave_out(&mut target, &missing);
        }
        Ok(target)
    }

    pub(super) fn datasource_of<'s>(&self, schema: &'s Schema) -> Result<&'s Datasource, Error> {
        let datasource = schema.datasources.iter().find(|datasource| datasource.name == self.datasource);
        datasource.ok_or_else(|| Error::Unfit {
            datasource: self.datasource.clone(),
            problems: vec!["the schema has no datasource of this name".to_owned()],
        })
    }
}
