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
    /// MySQL, MariaDB, TiDB.
    MySql(Box<purlin_store_mysql::Address>),
    Mongo(MongoUrl),
}

/// As the driver reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct MongoUrl(pub String);

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
            "mysql" | "mariadb" => purlin_store_mysql::Address::parse(url)
                .map(|address| Self::MySql(Box::new(address)))
                .map_err(|error| wrong(&error)),
            "mongodb" | "mongodb+srv" => Ok(Self::Mongo(MongoUrl(url.to_owned()))),
            _ => {
                let message = format!("the address of datasource {name} is of no engine that Purlin knows");
                let help = "it begins with file: (SQLite), postgresql:, mysql: or mongodb:";
                Err(Failure::problem("DATABASE_URL", message).with_help(help))
            }
        }
    }

    /// Of the engines whose tables are migrated by statements.
    pub fn dialect(&self) -> Option<MigrationDialect> {
        match self {
            Self::File(_) => Some(MigrationDialect::Sqlite),
            Self::Postgres(_) => Some(MigrationDialect::Postgres),
            Self::MySql(_) => Some(MigrationDialect::MySql),
            Self::Mongo(_) => None,
        }
    }

    /// The word for its engine in a datasource.
    pub fn provider(&self) -> &'static str {
        match self {
            Self::File(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
            Self::MySql(_) => "mysql",
            Self::Mongo(_) => "mongodb",
        }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Postgres(_) | Self::MySql(_) | Self::Mongo(_) => None,
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
            Self::MySql(address) => address.fmt(formatter),
            Self::Mongo(url) => url.fmt(formatter),
        }
    }
}

/// Without user, password and options.
impl fmt::Display for MongoUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("mongodb", &self.0));
        let place = rest.split('?').next().unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        write!(formatter, "{scheme}://{place}")
    }
}

impl fmt::Debug for MongoUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MongoUrl({self})")
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
