//! What sign-in reads from the form of the auth model: which of its fields mean what.

use purlin_core::input::value_from_text;
use purlin_core::operation::Key;
use purlin_core::schema::{Arity, Field, FieldId, FieldKind, Model, Scalar, Schema};
use purlin_core::system::When;
use purlin_core::{Error, Value};

use crate::weighty;

/// What a profile usually holds, beside what a row cannot be without.
const PROFILE: [&str; 14] = [
    "name",
    "fullName",
    "firstName",
    "lastName",
    "displayName",
    "username",
    "nickname",
    "avatar",
    "avatarUrl",
    "image",
    "bio",
    "phone",
    "locale",
    "timezone",
];

/// `email`, where it tells users apart.
pub(crate) fn email_field(model: &Model) -> Option<&Field> {
    let field = model.field_named("email")?;
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    (is_text && is_unique(model, field.id)).then_some(field)
}

/// A flag or a time of the app's own that says that the address is its owner's.
pub(crate) fn verified_field(model: &Model) -> Option<&Field> {
    ["emailVerified", "isEmailVerified", "emailVerifiedAt", "isVerified"]
        .into_iter()
        .find_map(|name| model.field_named(name))
        .filter(|field| is_flag(field) || matches!(field.kind, FieldKind::Scalar(Scalar::DateTime)))
}

/// Where an app keeps the address of a user's wallet, which nobody sets but sign-in.
pub(crate) fn wallet_field(model: &Model) -> Option<&Field> {
    let field = model.field_named("walletAddress")?;
    matches!(field.kind, FieldKind::Scalar(Scalar::String)).then_some(field)
}

pub(crate) fn is_flag(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Scalar(Scalar::Boolean))
}

/// The condition for one user, by the text of their key; `None` for what can be nobody's.
pub(crate) fn when_key(schema: &Schema, model: &Model, key: &str) -> Option<When> {
    let field = model.key_fields().next()?;
    let value = value_from_text(schema, field, key).ok().filter(|value| !value.is_null())?;
    Some(When::equal(field.name.clone(), value))
}

/// A key as tokens and built-in tables name it.
pub(crate) fn key_text(value: &Value) -> Result<String, Error> {
    match value {
        Value::Int(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(Error::internal("users have keys of a type that no token can name")),
    }
}

/// Of a user who was written by their id.
pub(crate) fn key_of(model: &Model, key: &Key) -> Result<String, Error> {
    let id = model.key_fields().next().map(|field| field.id);
    match &key.fields[..] {
        [(field, value)] if Some(*field) == id => key_text(value),
        _ => Err(Error::internal("a user was written by another key than their id")),
    }
}

/// The fields that users set themselves: the named ones, else what a row cannot be without and what profiles
/// usually hold, but nothing that decides what they may do. The message says which name is none of them.
pub(crate) fn profile(
    schema: &Schema,
    model: &Model,
    names: Option<&[String]>,
) -> Result<Vec<FieldId>, String> {
    let kept = [email_field(model), verified_field(model), wallet_field(model)];
    let is_reserved = |field: &Field| {
        let is_kept = kept.iter().flatten().any(|kept| kept.id == field.id);
        field.is_id || field.is_password || field.is_active_flag || is_kept
    };
    let Some(names) = names else {
        let weighty = weighty::fields(schema, model);
        let is_free = |field: &Field| !is_reserved(field) && !weighty.contains(&field.id);
        let fields = model.columns().filter(|field| is_free(field) && is_profile(field));
        return Ok(fields.map(|field| field.id).collect());
    };
    let mut fields = Vec::with_capacity(names.len());
    for given in names {
        match model.field_named(given).filter(|field| field.is_column() && !is_reserved(field)) {
            Some(field) => fields.push(field.id),
            None => return Err(format!("{} has no field {given} that users could set", model.name)),
        }
    }
    Ok(fields)
}

/// There is no row without it.
pub(crate) fn is_needed(field: &Field) -> bool {
    field.arity == Arity::Required && field.default.is_none()
}

/// Roles and plans have a default, and so are not asked for.
fn is_profile(field: &Field) -> bool {
    let is_plain = field.is_exposed()
        && !field.is_computed
        && !field.is_updated_at
        && matches!(field.kind, FieldKind::Scalar(_) | FieldKind::Enum(_));
    let is_usual =
        PROFILE.contains(&field.name.as_str()) && matches!(field.kind, FieldKind::Scalar(Scalar::String));
    is_plain && (is_needed(field) || is_usual)
}

fn is_unique(model: &Model, field: FieldId) -> bool {
    model.uniques.iter().any(|unique| {
        unique.partial.is_none()
            && matches!(&unique.fields[..], [only] if only.field == field && only.path.is_empty())
    })
}
