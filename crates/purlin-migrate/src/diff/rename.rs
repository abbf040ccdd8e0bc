//! Renames as a value: pure data, kept in `plan.json` and turned around for the way down.

use serde::{Deserialize, Serialize};

/// Names are the database's. Parts that are not named here keep their names, or come or go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renames {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Rename>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnRename>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRename {
    /// The table's new name.
    pub table: String,
    pub from: String,
    pub to: String,
}

impl Renames {
    pub fn new_table<'a>(&'a self, old: &'a str) -> &'a str {
        self.tables.iter().find(|rename| rename.from == old).map_or(old, |rename| &rename.to)
    }

    pub fn old_table<'a>(&'a self, new: &'a str) -> &'a str {
        self.tables.iter().find(|rename| rename.to == new).map_or(new, |rename| &rename.from)
    }

    /// `table` is the new name.
    pub fn new_column<'a>(&'a self, table: &str, old: &'a str) -> &'a str {
        let rename = self.columns.iter().find(|rename| rename.table == table && rename.from == old);
        rename.map_or(old, |rename| &rename.to)
    }

    /// `table` is the new name.
    pub fn old_column<'a>(&'a self, table: &str, new: &'a str) -> &'a str {
        let rename = self.columns.iter().find(|rename| rename.table == table && rename.to == new);
        rename.map_or(new, |rename| &rename.from)
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let tables =
            self.tables.iter().map(|rename| Rename { from: rename.to.clone(), to: rename.from.clone() });
        let columns = self.columns.iter().map(|rename| ColumnRename {
            table: self.old_table(&rename.table).to_owned(),
            from: rename.to.clone(),
            to: rename.from.clone(),
        });
        Self { tables: tables.collect(), columns: columns.collect() }
    }
}
