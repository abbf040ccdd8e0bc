//! The answer of a list, and the words of its parameters: names for `fields=`, keys for `sort=`, paths for `include=`.

use purlin_schema::model::{Field, Model};
use serde_json::{Value, json};

use crate::openapi::context::{Context, columns, is_document};
use crate::openapi::names::{CURSOR_META, PAGE_META, Part};
use crate::openapi::value::{described, reference};

/// `{"data": […], "meta": {…}}`.
pub(super) fn page(context: Context<'_>, model: &Model) -> Value {
    let row = json!({ "anyOf": [context.part(model, Part::Row), context.part(model, Part::Partial)] });
    let by_number = reference(context.names.shared(PAGE_META));
    let by_cursor = reference(context.names.shared(CURSOR_META));
    json!({
        "type": "object", "additionalProperties": false, "required": ["data", "meta"],
        "properties": {
            "data": { "type": "array", "items": row },
            "meta": { "oneOf": [by_number, by_cursor] },
        },
    })
}

pub(super) fn field_name(_context: Context<'_>, model: &Model) -> Value {
    let names: Vec<&str> = columns(model).map(|field| field.name.as_str()).collect();
    choice(&names)
}

/// Own columns, those one to-one relation away, and how many rows a to-many relation has, each ascending or, with `-`, descending.
pub(super) fn sort_key(context: Context<'_>, model: &Model) -> Value {
    let mut keys: Vec<String> = sortable(model).map(|field| field.name.clone()).collect();
    for (field, relation) in context.relations(model) {
        if field.is_list() {
            keys.push(format!("{}._count", field.name));
            continue;
        }
        let target = context.target(relation);
        keys.extend(sortable(target).map(|end| format!("{}.{}", field.name, end.name)));
    }
    let both: Vec<String> = keys.into_iter().flat_map(|key| [format!("-{key}"), key]).collect();
    described(choice(&both), Some("A column, with `-` before it for descending order."))
}

/// Relations, and relations of these. Deeper ones work too; `POST …/query` describes them all.
pub(super) fn include_path(context: Context<'_>, model: &Model) -> Value {
    let mut paths: Vec<String> = Vec::new();
    for (field, relation) in context.relations(model) {
        paths.push(field.name.clone());
        let target = context.target(relation);
        paths.extend(context.relations(target).map(|(next, _)| format!("{}.{}", field.name, next.name)));
    }
    described(choice(&paths), Some("A relation, or a relation of a relation after a dot."))
}

fn sortable(model: &Model) -> impl Iterator<Item = &Field> {
    columns(model).filter(|field| !field.is_list() && !is_document(field))
}

/// An empty enumeration is not valid JSON Schema: nothing then fits.
fn choice<T: AsRef<str>>(words: &[T]) -> Value {
    match words {
        [] => json!({ "not": {} }),
        words => {
            let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
            json!({ "type": "string", "enum": words })
        }
    }
}
