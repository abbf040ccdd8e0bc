//! Which engine a plan is for. Text that engines agree on comes from `purlin-sql`.

use serde::{Deserialize, Serialize};

use crate::engine::{Engine, mysql, postgres, sqlite};

/// Written into snapshots and plans, so that no engine runs another's statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationDialect {
    Sqlite,
    Postgres,
    /// MySQL, MariaDB, TiDB.
    #[serde(rename = "mysql")]
    MySql,
}

impl MigrationDialect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    pub(crate) fn engine(self) -> &'static dyn Engine {
        match self {
            Self::Sqlite => &sqlite::Sqlite,
            Self::Postgres => &postgres::Postgres,
            Self::MySql => &mysql::MySql,
        }
    }

    /// Quoting, column types and defaults.
    pub(crate) fn sql(self) -> &'static dyn purlin_sql::Dialect {
        self.engine().sql()
    }
}
