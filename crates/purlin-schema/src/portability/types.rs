//! Values: texts and bytes in keys, documents, types of the database's own.

use super::native::{self, Native};
use super::scope::{Found, Scope};
use crate::model::{
    Arity, DefaultFunction, DefaultValue, Field, FieldKind, Link, Model, Scalar, Schema, ValidationCheck,
};

/// What a column of a key holds where nothing else is said.
const KEY_LENGTH: u32 = 191;

/// Texts that a key cuts short. A key that refers to another holds what that one holds, and ids that Purlin makes fit.
pub(super) fn texts_in_keys(scope: &Scope<'_>) -> Vec<Found> {
    let is_long = |model: &Model, field: &Field| {
        is_in_key(scope.schema, model, field)
            && !refers(model, field)
            && !is_made(field)
            && !is_short(field)
            && native::of(scope, model, field) != Native::Honoured
    };
    in_columns(scope, Scalar::String, is_long)
}

pub(super) fn bytes_in_keys(scope: &Scope<'_>) -> Vec<Found> {
    in_columns(scope, Scalar::Bytes, |model, field| {
        is_in_key(scope.schema, model, field)
            && !refers(model, field)
            && native::of(scope, model, field) != Native::Honoured
    })
}

pub(super) fn documents(scope: &Scope<'_>) -> Vec<Found> {
    in_columns(scope, Scalar::Json, |_, _| true)
}

pub(super) fn bytes(scope: &Scope<'_>) -> Vec<Found> {
    in_columns(scope, Scalar::Bytes, |_, _| true)
}

/// `Unsupported("…")`, away from the engine whose type it is.
pub(super) fn unsupported(scope: &Scope<'_>) -> Vec<Found> {
    let columns = scope.columns().filter(|(model, _)| !scope.is_home(model));
    columns
        .filter_map(|(model, field)| match &field.kind {
            FieldKind::Unsupported(name) => Some(Found::of_field(model, field).detail(format!("\"{name}\""))),
            _ => None,
        })
        .collect()
}

fn in_columns(scope: &Scope<'_>, scalar: Scalar, is_it: impl Fn(&Model, &Field) -> bool) -> Vec<Found> {
    scope
        .columns()
        .filter(|(model, field)| {
            matches!(field.kind, FieldKind::Scalar(kind) if kind == scalar)
                && field.arity != Arity::List
                && is_it(model, field)
        })
        .map(|(model, field)| Found::of_field(model, field))
        .collect()
}

/// Whether a key or an index holds the column, or a foreign key goes out from it or comes to it.
pub(super) fn is_in_key(schema: &Schema, model: &Model, field: &Field) -> bool {
    let is_part = |parts: &[crate::model::IndexField]| parts.iter().any(|part| part.field == field.id);
    let owns = |link: &Link| matches!(link, Link::Owning { fields, .. } if fields.contains(&field.id));
    field.is_id
        || field.is_unique
        || is_part(&model.primary_key.fields)
        || model.uniques.iter().any(|unique| is_part(&unique.fields))
        || model.indexes.iter().any(|index| is_part(&index.fields))
        || model.fields.iter().filter_map(Field::relation).any(|relation| owns(&relation.link))
        || schema.models.iter().flat_map(|other| &other.fields).filter_map(Field::relation).any(|relation| {
            relation.target == model.id
                && matches!(&relation.link, Link::Owning { references, .. } if references.contains(&field.id))
        })
}

fn refers(model: &Model, field: &Field) -> bool {
    model
        .fields
        .iter()
        .filter_map(Field::relation)
        .any(|relation| matches!(&relation.link, Link::Owning { fields, .. } if fields.contains(&field.id)))
}

fn is_made(field: &Field) -> bool {
    use DefaultFunction::{Auto, Cuid, Nanoid, Ulid, Uuid};
    matches!(
        &field.default,
        Some(DefaultValue::Function(
            Uuid { .. } | Cuid { .. } | Nanoid { length: 0..=191, .. } | Ulid { .. } | Auto
        ))
    )
}

/// Whether Purlin itself refuses longer texts, wherever it runs.
fn is_short(field: &Field) -> bool {
    let checked = field.validations.iter().any(|validation| {
        matches!(&validation.check, ValidationCheck::Length { max: Some(max), .. } if *max <= KEY_LENGTH)
    });
    checked || native::length(field).is_some_and(|length| length <= KEY_LENGTH)
}
