//! What would break a constraint, in terms of the schema: which fields collide, which relation leads nowhere,
//! which rows still refer to the one that should go. Never with which value.

use purlin_core::error::{Error, FieldErrors};
use purlin_core::schema::{Field, FieldId, IndexField, Model, ModelId, Schema};

use crate::error::{Failure, code_of};
use crate::names::{collection, field_at, path};
use crate::structure::structure;

pub(super) const DUPLICATE_KEY: i32 = 11000;
const DUPLICATE_KEY_UPDATE: i32 = 11001;

pub(super) fn conflict<'a>(message: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Error {
    let mut errors = FieldErrors::default();
    for (field, text) in fields {
        errors.add(field, text);
    }
    Error::Conflict { message: message.to_owned(), fields: errors }
}

/// What a write of the model's collection failed with.
pub(super) fn explain(schema: &Schema, model: ModelId, error: Failure) -> Failure {
    let Failure::Mongo(cause) = &error else { return error };
    match code_of(cause) {
        Some(DUPLICATE_KEY | DUPLICATE_KEY_UPDATE) => {
            taken(schema, schema.model(model), &cause.to_string()).into()
        }
        Some(DOCUMENT_INVALID) => {
            Error::invalid("", "breaks the rules that the database has for the collection").into()
        }
        _ => error,
    }
}

const DOCUMENT_INVALID: i32 = 121;

/// `E11000 duplicate key error collection: app.posts index: posts_slug_key dup key: { slug: "x" }`.
fn taken(schema: &Schema, model: &Model, message: &str) -> Error {
    let Some(fields) = named_fields(schema, model, message) else {
        return conflict("such a row already exists", []);
    };
    already_exists(model, &fields)
}

pub(super) fn already_exists(model: &Model, fields: &[&Field]) -> Error {
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let article = if model.name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    conflict(
        &format!("{article} {} with this {} already exists", model.name, names.join(" and ")),
        names.iter().map(|name| (*name, "is already taken")),
    )
}

/// The fields of the index that the message names, or of the key that it shows.
fn named_fields<'s>(schema: &'s Schema, model: &'s Model, message: &str) -> Option<Vec<&'s Field>> {
    let (_, rest) = message.split_once(" index: ")?;
    let (index, rest) = rest.split_once(" dup key")?;
    if index == "_id_" {
        return Some(model.key_fields().collect());
    }
    let name = collection(model);
    let wanted = structure(schema, model.datasource).ok()?;
    let known = wanted.iter().find(|collection| collection.name == name)?;
    if let Some(known) = known.indexes.iter().find(|known| known.name == index) {
        return known.keys.iter().map(|(path, _)| field_at(model, path.split('.').next()?)).collect();
    }
    // An index of another tool: the unique key whose first path the message shows.
    let shown = rest.split_once("{ ")?.1.split(':').next()?.trim();
    let is_shown =
        |fields: &[IndexField]| fields.first().is_some_and(|field| path(model, field.field) == shown);
    let unique = model.uniques.iter().find(|unique| is_shown(&unique.fields))?;
    Some(unique.fields.iter().map(|field| model.field(field.field)).collect())
}

/// A relation whose written key leads nowhere.
pub(super) fn dangling(schema: &Schema, model: ModelId, relation: FieldId) -> Error {
    let model = schema.model(model);
    let field = model.field(relation);
    let Some(relation) = field.relation() else { return conflict("it refers to nothing", []) };
    let target = &schema.model(relation.target).name;
    let own: Vec<&str> = relation.pairs().map(|(own, _)| model.field(own).name.as_str()).collect();
    conflict(
        &format!("the {target} that `{}` refers to does not exist", field.name),
        own.into_iter().map(|name| (name, "refers to a row that does not exist")),
    )
}

/// Through `relation` of `model`, rows still refer to the ones to change.
pub(super) fn still_referred(schema: &Schema, model: ModelId, relation: FieldId) -> Error {
    let model = schema.model(model);
    let field = model.field(relation);
    let other = field.relation().map_or("row", |relation| &schema.model(relation.target).name);
    conflict(
        &format!("a {other} still refers to this {} (`{}`)", model.name, field.name),
        [(field.name.as_str(), "still refers to it")],
    )
}

pub(super) fn required(field: &Field) -> Error {
    Error::invalid(field.name.as_str(), "is required")
}
