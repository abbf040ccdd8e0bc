//! What all commands share: the datasource, its engine, its folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use purlin_schema::model::Schema;

use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::engine::Lock;
use crate::error::Error;
use crate::physical::{PhysicalSchema, physical};

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

    pub(super) fn target(&self, schema: &Schema) -> Result<PhysicalSchema, Error> {
        let datasource = schema.datasources.iter().find(|datasource| datasource.name == self.datasource);
        let datasource = datasource.ok_or_else(|| Error::Unfit {
            datasource: self.datasource.clone(),
            problems: vec!["the schema has no datasource of this name".to_owned()],
        })?;
        physical(schema, datasource.id, self.dialect)
    }
}
