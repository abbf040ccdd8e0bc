//! Which engine a plan is for. Text that engines agree on comes from `purlin-sql`.

use serde::{Deserialize, Serialize};

/// Written into snapshots and plans, so that no engine runs another's statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationDialect {
    Sqlite,
}

impl MigrationDialect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
        }
    }

    /// Quoting, column types and defaults.
    pub(crate) fn sql(self) -> &'static dyn purlin_sql::Dialect {
        match self {
            Self::Sqlite => &purlin_sql::dialect::Sqlite,
        }
    }

    /// Longer names of keys and indexes are cut to so many bytes.
    pub(crate) fn longest_name(self) -> usize {
        match self {
            Self::Sqlite => usize::MAX,
        }
    }
}
