//! The trait that an engine's folder implements.

use std::borrow::Cow;

use purlin_core::schema::{Field, Model, Schema};

use super::ColumnType;

pub trait Dialect: Send + Sync + std::fmt::Debug {
    /// Appends a quoted identifier.
    fn push_identifier(&self, text: &mut String, identifier: &str);

    /// Appends a quoted string literal. Only for DDL: statements bind their values.
    fn push_literal(&self, text: &mut String, literal: &str);

    /// Appends the placeholder of the n-th binding, counted from one.
    fn push_placeholder(&self, text: &mut String, number: usize);

    /// The name of a model's table. Where the engine has no schemas, `@@schema` is a prefix.
    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str>;

    /// The declared type of a field's column. Never called for relations.
    fn column_type(&self, schema: &Schema, model: &Model, field: &Field) -> ColumnType;

    /// What follows `DEFAULT` in the column's declaration; `None` where the engine makes the value
    /// before it writes, or there is none.
    fn column_default(&self, schema: &Schema, field: &Field) -> Option<String>;

    /// Whether the column is a key that the database counts up by itself.
    fn is_counted_key(&self, model: &Model, field: &Field) -> bool;

    fn identifier(&self, identifier: &str) -> String {
        let mut text = String::with_capacity(identifier.len() + 2);
        self.push_identifier(&mut text, identifier);
        text
    }

    fn literal(&self, literal: &str) -> String {
        let mut text = String::with_capacity(literal.len() + 2);
        self.push_literal(&mut text, literal);
        text
    }
}
