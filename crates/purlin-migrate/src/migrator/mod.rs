//! The commands behind `purlin dev` and `purlin migrate`. Each may be called again with more
//! answers or permissions: what needs a person comes back as [`Error::Unanswered`] or
//! [`Error::Guarded`] before anything is changed.

mod adopt;
mod deploy;
mod dev;
mod plan;
mod record;
mod situation;
mod status;

use std::path::{Path, PathBuf};

use purlin_schema::model::Schema;

pub use deploy::Deployed;
pub use dev::Applied;
pub use plan::{Consent, Plan};
pub use record::{MigrateDev, Recorded, Written};
pub use status::{AppliedMigration, Status};

use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::dialect::MigrationDialect;
use crate::error::Error;
use crate::physical::{PhysicalSchema, physical};

/// The migrations of one datasource.
#[derive(Clone, Debug)]
pub struct Migrator {
    datasource: String,
    dialect: MigrationDialect,
    folder: PathBuf,
}

impl Migrator {
    /// `migrations` is the app's folder; each datasource has its own inside.
    pub fn new(datasource: impl Into<String>, dialect: MigrationDialect, migrations: &Path) -> Self {
        let datasource = datasource.into();
        Self { folder: migrations.join(&datasource), datasource, dialect }
    }

    /// Where its migrations stand.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn session<'c>(&'c self, connection: &'c mut dyn MigrationConnection) -> Session<'c> {
        Session { datasource: &self.datasource, dialect: self.dialect, connection }
    }

    fn target(&self, schema: &Schema) -> Result<PhysicalSchema, Error> {
        let datasource = schema.datasources.iter().find(|datasource| datasource.name == self.datasource);
        let datasource = datasource.ok_or_else(|| Error::Unfit {
            datasource: self.datasource.clone(),
            problems: vec!["the schema has no datasource of this name".to_owned()],
        })?;
        physical(schema, datasource.id, self.dialect)
    }
}
