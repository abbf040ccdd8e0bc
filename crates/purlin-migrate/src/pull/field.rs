//! A column as a field.

use super::default;
use super::edit::quoted;
use super::entity::{Entity, EnumNames};
use super::found::Found;
use crate::engine::{Engine, TypeWord};
use crate::physical::Column;

/// The parts of a field's line that its column decides.
#[derive(Debug)]
pub(super) struct FieldText {
    /// With its arity.
    pub(super) ty: String,
    pub(super) default: Option<String>,
    /// Behind `@db.`.
    pub(super) native: Option<String>,
}

pub(super) fn of(
    engine: &dyn Engine,
    found: &Found,
    enums: &[EnumNames<'_>],
    entity: &Entity<'_>,
    column: &Column,
) -> FieldText {
    let (field_type, native) = found.field_type(engine, column);
    let enumeration = enums.iter().find(|known| Some(known.native) == native);
    let word = match (&field_type.word, enumeration) {
        (TypeWord::Scalar(scalar), _) => format!("{scalar:?}"),
        (_, Some(known)) => known.name.clone(),
        (TypeWord::Made(name) | TypeWord::Unsupported(name), None) => {
            format!("Unsupported({})", quoted(name))
        }
    };
    // A key that refers to another row is given, not counted.
    let refers = entity.table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    let is_counted = if refers { column.is_counted } else { engine.counts(entity.table, column) };
    let counted = Column { is_counted, ..column.clone() };
    FieldText {
        ty: format!("{word}{}", arity(entity, column)),
        default: default::text(&counted, &field_type.word, enumeration),
        native: field_type.native,
    }
}

fn arity(entity: &Entity<'_>, column: &Column) -> &'static str {
    if column.is_list {
        "[]"
    } else if column.is_nullable && !entity.table.key_columns().contains(&column.name) {
        "?"
    } else {
        ""
    }
}

/// A whole line; `key` is ` @id`, ` @unique` or nothing.
pub(super) fn line(name: &str, column: &Column, text: &FieldText, key: &str) -> String {
    let mut parts = vec![format!("{name} {}{key}", text.ty)];
    parts.extend(text.default.as_ref().map(|default| format!("@default({default})")));
    if name != column.name {
        parts.push(format!("@map({})", quoted(&column.name)));
    }
    parts.extend(text.native.as_ref().map(|native| format!("@db.{native}")));
    parts.join(" ")
}
