//! What a database holds, as one engine sees it: the form that is compared, written to
//! `snapshot.json` and introspected. Names are the database's; where a part comes from the
//! schema, its schema name stands beside it, so that a changed `@map` is seen as a rename.

use serde::{Deserialize, Serialize};

use super::Fill;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhysicalSchema {
    /// Sorted by name.
    pub tables: Vec<Table>,
    /// Sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<Enumeration>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    /// `None` for the table of an implicit many-to-many relation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// In the schema's order. The order in the database may differ: new columns come last.
    pub columns: Vec<Column>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Unique ones too. Sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// `@@renamedFrom`: what the table or its model was called.
    #[serde(skip)]
    pub renamed_from: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// As declared, with its collation.
    #[serde(rename = "type")]
    pub column_type: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_nullable: bool,
    /// A JSON array of values.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_list: bool,
    /// A key that the database counts up by itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_counted: bool,
    /// What stands after `DEFAULT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How rows that exist get a value when the column becomes required and the database has no
    /// default: what the engine would have made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    #[serde(default, rename = "enum", skip_serializing_if = "Option::is_none")]
    pub enumeration: Option<String>,
    /// `@renamedFrom`: what the column or its field was called.
    #[serde(skip)]
    pub renamed_from: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    pub name: String,
    pub columns: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    pub name: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_unique: bool,
    pub parts: Vec<IndexPart>,
    /// The condition of a partial index, as SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The access method, where it is not the usual tree: `gin`, `hash` and the like; `search` is whatever the engine
    /// has for the words of texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPart {
    #[serde(flatten)]
    pub key: IndexKey,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_descending: bool,
    /// An operator class that is not the type's own. Not compared: catalogues do not name usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ops: Option<String>,
    /// Only so many characters or bytes of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKey {
    Column(String),
    /// SQL: a member of a JSON column.
    Expression(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Engines without named foreign keys keep it as a remark.
    pub name: String,
    pub columns: Vec<String>,
    pub references_table: String,
    pub references_columns: Vec<String>,
    pub on_delete: Action,
    pub on_update: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Cascade,
    Restrict,
    NoAction,
    SetNull,
    SetDefault,
}

/// An enum of the schema. Where the engine has no such type, its values still tell which rows
/// a change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enumeration {
    pub name: String,
    /// In the schema's order.
    pub values: Vec<EnumMember>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumMember {
    pub name: String,
    pub stored: String,
    /// `@renamedFrom`: what the member was called.
    #[serde(skip)]
    pub renamed_from: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
