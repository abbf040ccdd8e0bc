//! Where a database is, which also says whose engine it is.

use std::fmt;
use std::path::{Path, PathBuf};

use purlin_migrate::MigrationDialect;

use crate::cli::{Failure, shown};

/// From the URL alone: the `provider` of the datasource says how it was designed, not where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// SQLite.
    File(PathBuf),
    Postgres(Box<purlin_store_postgres::Address>),
}

impl Place {
    /// `name` is that of the datasource. A file is relative to the app folder.
    pub fn parse(url: &str, name: &str, app: &Path) -> Result<Self, Failure> {
        let wrong = |error: &dyn fmt::Display| {
            Failure::problem("DATABASE_URL", format!("the address of datasource {name} is wrong: {error}"))
        };
        match url.split(':').next().unwrap_or_default() {
            "file" | "sqlite" => file_of(url, name, app).map(Self::File),
            "postgres" | "postgresql" => purlin_store_postgres::Address::parse(url)
                .map(|address| Self::Postgres(Box::new(address)))
                .map_err(|error| wrong(&error)),
            _ => {
                let message = format!("the address of datasource {name} is of no engine that Purlin knows");
                let help = "it begins with file: (SQLite) or postgresql:";
                Err(Failure::problem("DATABASE_URL", message).with_help(help))
            }
        }
    }

    pub fn dialect(&self) -> MigrationDialect {
        match self {
            Self::File(_) => MigrationDialect::Sqlite,
            Self::Postgres(_) => MigrationDialect::Postgres,
        }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// An embedded database that nobody has made yet.
    pub fn is_missing(&self) -> bool {
        self.file().is_some_and(|path| !path.exists())
    }
}

/// For people, without a password.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => formatter.write_str(&shown(path)),
            Self::Postgres(address) => address.fmt(formatter),
        }
    }
}

/// `file:./data/app.db`; options after `?` belong to other tools.
fn file_of(url: &str, name: &str, app: &Path) -> Result<PathBuf, Failure> {
    let file = url.strip_prefix("file:").or_else(|| url.strip_prefix("sqlite:")).unwrap_or_default();
    let file = file.split('?').next().unwrap_or_default();
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.is_empty() || file == ":memory:" {
        let message = format!("datasource {name} must name a file, such as file:./data/app.db");
        return Err(Failure::problem("DATABASE_URL", message));
    }
    Ok(app.join(file))
}
