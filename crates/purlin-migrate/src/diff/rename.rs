//! Renames as a value: pure data, kept in `plan.json` and turned around for the way down.

use serde::{Deserialize, Serialize};

use crate::physical::PhysicalSchema;

/// Names are the database's. Parts that are not named here keep their names, or come or go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renames {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Rename>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnRename>,
    /// Members of enums, by their schema names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRename>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRename {
    #[serde(rename = "enum")]
    pub enumeration: String,
    pub from: String,
    pub to: String,
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

    /// What a member of an enum is called afterwards.
    pub fn new_member<'a>(&'a self, enumeration: &str, old: &'a str) -> &'a str {
        let rename =
            self.members.iter().find(|rename| rename.enumeration == enumeration && rename.from == old);
        rename.map_or(old, |rename| &rename.to)
    }

    /// Also moves aside what bears a name that something else takes, so that it can be dropped.
    /// That happens on the way back from a rename whose old name was given anew.
    pub(crate) fn clearing(&self, old: &PhysicalSchema) -> Self {
        let mut all = self.clone();
        let is_moved = |name: &str| self.tables.iter().any(|rename| rename.from == name);
        for rename in &self.tables {
            if old.table(&rename.to).is_some() && !is_moved(&rename.to) {
                let to = format!("_purlin_gone_{}", rename.to);
                all.tables.push(Rename { from: rename.to.clone(), to });
            }
        }
        for rename in &self.columns {
            let Some(table) = old.table(self.old_table(&rename.table)) else { continue };
            let is_moved =
                self.columns.iter().any(|other| other.table == rename.table && other.from == rename.to);
            if table.column(&rename.to).is_some() && !is_moved {
                let (table, to) = (rename.table.clone(), format!("_purlin_gone_{}", rename.to));
                all.columns.push(ColumnRename { table, from: rename.to.clone(), to });
            }
        }
        all
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
        let members = self.members.iter().map(|rename| MemberRename {
            enumeration: rename.enumeration.clone(),
            from: rename.to.clone(),
            to: rename.from.clone(),
        });
        Self { tables: tables.collect(), columns: columns.collect(), members: members.collect() }
    }
}
