//! How the schema's names appear in the database: collections, and paths into their documents.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldId, Model};

/// Where counted keys keep their last number: `{ _id: collection, last: number }`.
pub(crate) const COUNTERS: &str = "_purlin_counters";

/// Counts up in a row that others come to refer to, so that their transaction and one that deletes the row
/// collide. No field of the schema, hence in no answer.
pub(crate) const LOCK_FIELD: &str = "_purlin_lock";

/// MongoDB has databases and collections but nothing between them, so `@@schema` is a prefix.
pub(crate) fn collection(model: &Model) -> Cow<'_, str> {
    match &model.database_schema {
        Some(schema) => Cow::Owned(format!("{schema}_{}", model.table)),
        None => Cow::Borrowed(&model.table),
    }
}

/// The one field of the primary key, which is the document's `_id`.
pub(crate) fn single_key(model: &Model) -> Option<FieldId> {
    match &*model.primary_key.fields {
        [only] => Some(only.field),
        _ => None,
    }
}

/// Where a column is found in a document.
pub(crate) fn path(model: &Model, field: FieldId) -> &str {
    if single_key(model) == Some(field) { "_id" } else { &model.field(field).column }
}

/// The field that a path of an index or an error names.
pub(crate) fn field_at<'m>(model: &'m Model, at: &str) -> Option<&'m Field> {
    model.columns().find(|field| path(model, field.id) == at)
}
