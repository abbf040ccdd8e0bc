//! Finding parts of a physical schema by name, and questions about them.

use super::constraint::method_kind;
use super::{Action, Column, Enumeration, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema, Table};
use crate::engine::Engine;

impl PhysicalSchema {
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    pub fn enumeration(&self, name: &str) -> Option<&Enumeration> {
        self.enums.iter().find(|enumeration| enumeration.name == name)
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The columns of the primary key; none without one.
    pub fn key_columns(&self) -> &[String] {
        self.primary_key.as_ref().map_or(&[], |key| &key.columns)
    }

    /// Whether no two rows may have the same value there, whatever their other columns hold.
    pub fn must_differ(&self, column: &str) -> bool {
        let is_key = self.key_columns().iter().eq([column]);
        is_key
            || self
                .indexes
                .iter()
                .filter(|index| index.is_unique)
                .any(|index| index.parts.iter().map(|part| part.key.column()).eq([Some(column)]))
    }

    /// What people call it: the model's name, else the table's.
    pub fn label(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name)
    }

    /// Whether some index, or the primary key, starts with these columns in any order.
    pub fn has_index_for(&self, columns: &[String]) -> bool {
        let starts_with = |start: Vec<&str>| {
            start.len() == columns.len() && columns.iter().all(|column| start.contains(&column.as_str()))
        };
        let key = self.key_columns().iter().take(columns.len()).map(String::as_str).collect();
        starts_with(key)
            || self.indexes.iter().filter(|index| index.condition.is_none() && !index.is_search()).any(
                |index| {
                    starts_with(
                        index.parts.iter().take(columns.len()).filter_map(|part| part.key.column()).collect(),
                    )
                },
            )
    }
}

impl Column {
    /// What people call it: the field's name, else the column's.
    pub fn label(&self) -> &str {
        self.field.as_deref().unwrap_or(&self.name)
    }

    /// Whether a row that exists can get a value.
    pub fn can_fill(&self) -> bool {
        self.is_nullable || self.default.is_some() || self.fill.is_some() || self.is_counted
    }
}

/// The method of the index of `@@fulltext`.
pub(crate) const SEARCH: &str = "search";

impl Index {
    /// The index of a model's `@@fulltext`.
    pub(crate) fn search(name: String, columns: impl IntoIterator<Item = String>) -> Self {
        let part = |column| IndexPart {
            key: IndexKey::Column(column),
            is_descending: false,
            ops: None,
            length: None,
        };
        let parts = columns.into_iter().map(part).collect();
        Self { name, is_unique: false, parts, condition: None, method: Some(SEARCH.to_owned()) }
    }

    pub(crate) fn is_search(&self) -> bool {
        self.method.as_deref() == Some(SEARCH)
    }

    pub fn has_column(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.key.column() == Some(name))
    }

    /// Whether a schema can ask for it: columns that it knows, and a kind of index that it knows.
    pub(crate) fn is_expressible(&self, columns: &[Column]) -> bool {
        let is_known = |part: &IndexPart| {
            part.key.column().is_some_and(|name| columns.iter().any(|column| column.name == name))
        };
        self.parts.iter().all(is_known)
            && self.method.as_deref().is_none_or(|method| method == SEARCH || method_kind(method).is_some())
    }

    /// The same but for the name.
    pub(crate) fn is_like(&self, other: &Self, engine: &dyn Engine) -> bool {
        if self.is_search() && other.is_search() {
            // It knows words, not whose they are.
            return self.parts.len() == other.parts.len()
                && self.parts.iter().all(|part| other.parts.contains(part));
        }
        let is_same = |left: &str, right: &str| engine.is_same_expression(left, right);
        let is_same_condition = match (&self.condition, &other.condition) {
            (Some(left), Some(right)) => is_same(left, right),
            (left, right) => left == right,
        };
        let is_same_key = |left: &IndexKey, right: &IndexKey| match (left, right) {
            (IndexKey::Expression(left), IndexKey::Expression(right)) => is_same(left, right),
            (left, right) => left == right,
        };
        self.is_unique == other.is_unique
            && self.method == other.method
            && is_same_condition
            && self.parts.len() == other.parts.len()
            && self.parts.iter().zip(&other.parts).all(|(left, right)| {
                left.is_descending == right.is_descending
                    && left.length == right.length
                    && is_same_key(&left.key, &right.key)
            })
    }
}

impl IndexKey {
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Expression(_) => None,
        }
    }
}

impl ForeignKey {
    /// The same but for the name, which SQLite does not keep apart.
    pub fn is_like(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.references_table == other.references_table
            && self.references_columns == other.references_columns
            && self.on_delete == other.on_delete
            && self.on_update == other.on_update
    }
}

impl Action {
    /// The words in SQL.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Cascade => "CASCADE",
            Self::Restrict => "RESTRICT",
            Self::NoAction => "NO ACTION",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }

    pub fn from_sql(words: &str) -> Option<Self> {
        [Self::Cascade, Self::Restrict, Self::NoAction, Self::SetNull, Self::SetDefault]
            .into_iter()
            .find(|action| action.as_sql().eq_ignore_ascii_case(words))
    }
}
