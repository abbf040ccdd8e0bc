//! The declared type of a column.

use std::borrow::Cow;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnType {
    pub name: Cow<'static, str>,
    /// Of the column itself, so that indexes and `ORDER BY` agree.
    pub collation: Option<&'static str>,
}

impl ColumnType {
    pub(crate) const fn plain(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), collation: None }
    }
}

/// As it stands in `CREATE TABLE` after the column's name.
impl fmt::Display for ColumnType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        match self.collation {
            Some(collation) => write!(formatter, " COLLATE {collation}"),
            None => Ok(()),
        }
    }
}
