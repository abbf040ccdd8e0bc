//! The dialect's value: quoting, and the way to its parts.

use std::borrow::Cow;
use std::fmt::Write as _;

use purlin_core::schema::{DefaultFunction, DefaultValue, Field, FieldKind, Model, Scalar, Schema};

use super::{column_type, default_value};
use crate::dialect::{ColumnType, Dialect};

#[derive(Clone, Copy, Debug, Default)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn push_identifier(&self, text: &mut String, identifier: &str) {
        push_quoted(text, identifier, '"');
    }

    fn push_literal(&self, text: &mut String, literal: &str) {
        push_quoted(text, literal, '\'');
    }

    fn push_placeholder(&self, text: &mut String, number: usize) {
        // Writing to a string cannot fail.
        let _ = write!(text, "?{number}");
    }

    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str> {
        match &model.database_schema {
            Some(schema) => Cow::Owned(format!("{schema}_{}", model.table)),
            None => Cow::Borrowed(&model.table),
        }
    }

    fn column_type(&self, _schema: &Schema, model: &Model, field: &Field) -> ColumnType {
        if self.is_counted_key(model, field) {
            // Only this very word makes a column the row's own number.
            return ColumnType::plain("INTEGER");
        }
        column_type::of(field)
    }

    fn column_default(&self, schema: &Schema, field: &Field) -> Option<String> {
        default_value::of(self, schema, field)
    }

    fn is_counted_key(&self, model: &Model, field: &Field) -> bool {
        field.is_id
            && model.primary_key.fields.len() == 1
            && matches!(field.kind, FieldKind::Scalar(Scalar::Int | Scalar::BigInt))
            && matches!(
                field.default,
                Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
            )
    }
}

fn push_quoted(text: &mut String, content: &str, quote: char) {
    text.push(quote);
    for character in content.chars() {
        // Nothing after a NUL would be read.
        if character == '\0' {
            continue;
        }
        if character == quote {
            text.push(quote);
        }
        text.push(character);
    }
    text.push(quote);
}
