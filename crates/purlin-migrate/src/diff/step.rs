//! One change of a database's structure. Steps carry whole definitions, so that a plan can be
//! read, rendered and turned around without its schemas.

use purlin_schema::builtin::is_own_table;
use serde::{Deserialize, Serialize};

use crate::physical::{Column, ForeignKey, Index, Table};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// With its indexes.
    CreateTable {
        table: Table,
    },
    DropTable {
        table: Table,
    },
    RenameTable {
        from: String,
        to: String,
    },
    AddColumn {
        table: String,
        column: Column,
    },
    DropColumn {
        table: String,
        column: Column,
    },
    RenameColumn {
        table: String,
        from: String,
        to: String,
    },
    /// What no `ALTER TABLE` of this engine can do: a new table takes the rows and the name.
    /// `from` already bears the new names. Its indexes are made anew.
    RebuildTable {
        from: Table,
        to: Table,
        changes: Vec<Change>,
    },
    /// What stays of a table changes in place. `from` already bears the new names.
    AlterTable {
        from: Table,
        to: Table,
        changes: Vec<Change>,
    },
    CreateIndex {
        table: String,
        index: Index,
    },
    DropIndex {
        table: String,
        index: Index,
    },
    /// Also of a primary key, where it has a name.
    RenameIndex {
        table: String,
        from: String,
        to: String,
    },
    AddForeignKey {
        table: String,
        key: ForeignKey,
    },
    DropForeignKey {
        table: String,
        key: ForeignKey,
    },
    RenameForeignKey {
        table: String,
        from: String,
        to: String,
    },
    /// A member keeps its schema name and is stored under another: rows follow.
    RenameEnumValue {
        #[serde(rename = "enum")]
        enumeration: String,
        from: String,
        to: String,
        columns: Vec<EnumColumn>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumColumn {
    pub table: String,
    pub column: String,
    #[serde(default)]
    pub is_list: bool,
}

/// Why a table is rebuilt or altered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    AddColumn { column: String },
    DropColumn { column: String },
    Type { column: String, from: String, to: String },
    BecomesRequired { column: String },
    BecomesOptional { column: String },
    Default { column: String },
    PrimaryKey,
    ForeignKey { columns: Vec<String> },
}

impl Step {
    /// Whether it changes one of Purlin's own tables, not one of the app's.
    pub fn is_of_own_table(&self) -> bool {
        match self {
            Self::CreateTable { table } | Self::DropTable { table } => is_own_table(&table.name),
            Self::RenameTable { to, .. } => is_own_table(to),
            Self::RebuildTable { to, .. } | Self::AlterTable { to, .. } => is_own_table(&to.name),
            Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RenameIndex { table, .. }
            | Self::RenameForeignKey { table, .. }
            | Self::AddForeignKey { table, .. }
            | Self::DropForeignKey { table, .. } => is_own_table(table),
            Self::RenameEnumValue { columns, .. } => columns.iter().all(|column| is_own_table(&column.table)),
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CreateTable { table } => write!(formatter, "create table \"{}\"", table.name),
            Self::DropTable { table } => write!(formatter, "drop table \"{}\"", table.name),
            Self::RenameTable { from, to } => write!(formatter, "rename table \"{from}\" to \"{to}\""),
            Self::AddColumn { table, column } => {
                write!(formatter, "add column \"{}\" to \"{table}\"", column.name)
            }
            Self::DropColumn { table, column } => {
                write!(formatter, "drop column \"{}\" of \"{table}\"", column.name)
            }
            Self::RenameColumn { table, from, to } => {
                write!(formatter, "rename column \"{from}\" of \"{table}\" to \"{to}\"")
            }
            Self::RebuildTable { to, changes, .. } | Self::AlterTable { to, changes, .. } => {
                let verb = if matches!(self, Self::RebuildTable { .. }) { "rebuild" } else { "change" };
                write!(formatter, "{verb} table \"{}\"", to.name)?;
                for (number, change) in changes.iter().enumerate() {
                    write!(formatter, "{} {change}", if number == 0 { ":" } else { "," })?;
                }
                Ok(())
            }
            Self::CreateIndex { table, index } => {
                let unique = if index.is_unique { "unique " } else { "" };
                write!(formatter, "create {unique}index \"{}\" on \"{table}\"", index.name)
            }
            Self::DropIndex { table, index } => {
                write!(formatter, "drop index \"{}\" of \"{table}\"", index.name)
            }
            Self::RenameIndex { table, from, to } => {
                write!(formatter, "rename index \"{from}\" of \"{table}\" to \"{to}\"")
            }
            Self::RenameForeignKey { table, from, to } => {
                write!(formatter, "rename foreign key \"{from}\" of \"{table}\" to \"{to}\"")
            }
            Self::AddForeignKey { table, key } => {
                write!(formatter, "add foreign key \"{}\" to \"{table}\"", key.name)
            }
            Self::DropForeignKey { table, key } => {
                write!(formatter, "drop foreign key \"{}\" of \"{table}\"", key.name)
            }
            Self::RenameEnumValue { enumeration, from, to, .. } => {
                write!(formatter, "store '{to}' instead of '{from}' for enum {enumeration}")
            }
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AddColumn { column } => write!(formatter, "add column \"{column}\""),
            Self::DropColumn { column } => write!(formatter, "drop column \"{column}\""),
            Self::Type { column, from, to } => write!(formatter, "\"{column}\" from {from} to {to}"),
            Self::BecomesRequired { column } => write!(formatter, "\"{column}\" becomes required"),
            Self::BecomesOptional { column } => write!(formatter, "\"{column}\" becomes optional"),
            Self::Default { column } => write!(formatter, "another default for \"{column}\""),
            Self::PrimaryKey => formatter.write_str("another primary key"),
            Self::ForeignKey { columns } => {
                write!(formatter, "foreign key on \"{}\"", columns.join("\", \""))
            }
        }
    }
}
