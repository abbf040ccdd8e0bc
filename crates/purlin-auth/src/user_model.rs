//! What sign-in reads from the form of the auth model: which of its fields mean what.

use purlin_core::input::value_from_text;
use purlin_core::operation::Key;
use purlin_core::schema::{Field, FieldId, FieldKind, Model, Scalar, Schema};
use purlin_core::system::When;
use purlin_core::{Error, Value};

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

fn is_unique(model: &Model, field: FieldId) -> bool {
    model.uniques.iter().any(|unique| {
        unique.partial.is_none()
            && matches!(&unique.fields[..], [only] if only.field == field && only.path.is_empty())
    })
}
