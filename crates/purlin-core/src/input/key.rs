//! A unique key as JSON.

use serde_json::Value as Json;

use super::{Problems, value_from_json};
use crate::operation::Key;
use crate::schema::{Field, Model, Schema};

/// A unique key: `{"id": 1}`, `{"email": "…"}`, `{"a_b": {"a": 1, "b": 2}}`.
pub fn key_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Option<Key> {
    let Json::Object(members) = json else {
        problems.add(path, "must be an object that names a unique key");
        return None;
    };
    let keys = std::iter::once((&model.primary_key.fields, model.primary_key.client_name.as_ref())).chain(
        model
            .uniques
            .iter()
            .filter(|key| key.partial.is_none())
            .map(|key| (&key.fields, key.client_name.as_ref())),
    );
    for (parts, client_name) in keys {
        let fields: Vec<&Field> = parts.iter().map(|part| model.field(part.field)).collect();
        if fields.iter().any(|field| !field.is_exposed() || field.is_omitted) {
            continue;
        }
        let joined = fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join("_");
        let values = match (fields.as_slice(), members.len()) {
            ([field], 1) => members.get(&field.name).map(|value| vec![value]),
            (_, 1) => {
                let inner = members.get(client_name.unwrap_or(&joined)).and_then(Json::as_object);
                inner.filter(|inner| inner.len() == fields.len()).and_then(|inner| {
                    fields.iter().map(|field| inner.get(&field.name)).collect::<Option<Vec<_>>>()
                })
            }
            _ => None,
        };
        let Some(values) = values else { continue };
        let mut key = Key { fields: Vec::with_capacity(fields.len()) };
        for (field, value) in fields.iter().zip(values) {
            match value_from_json(schema, field, value) {
                Ok(value) if value.is_null() => {
                    problems.add(&format!("{path}.{}", field.name), "must not be null");
                }
                Ok(value) => key.fields.push((field.id, value)),
                Err(message) => problems.add(&format!("{path}.{}", field.name), message),
            }
        }
        return (key.fields.len() == fields.len()).then_some(key);
    }
    problems.add(path, format!("must name one unique key of {}", model.name));
    None
}
