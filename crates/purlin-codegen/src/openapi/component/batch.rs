//! The operations of `POST /batch`. Data is that of the calls of each model, in which a value that is a key may be
//! `{"$ref": "name.field"}`: what a schema of each model would have to say once more for every column stays with the
//! server.

use serde_json::{Map, Value, json};

use crate::openapi::context::Context;
use crate::openapi::value::{described, object, reference};

/// Any of them, told apart by `op`.
pub(in crate::openapi) const OPERATION: &str = "BatchOperation";

const OPERATIONS: [(&str, &str); 7] = [
    ("create", "BatchCreate"),
    ("createMany", "BatchCreateMany"),
    ("update", "BatchUpdate"),
    ("updateMany", "BatchUpdateMany"),
    ("upsert", "BatchUpsert"),
    ("delete", "BatchDelete"),
    ("deleteMany", "BatchDeleteMany"),
];

/// Names that models, enums and types take precedence over.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(OPERATION).chain(OPERATIONS.map(|(_, name)| name))
}

/// None where there is no such call.
pub(super) fn operations(context: Context<'_>) -> Vec<(String, Value)> {
    if !context.has_batch() {
        return Vec::new();
    }
    let models: Vec<&str> =
        context.models().filter(|model| !model.is_view).map(|model| model.name.as_str()).collect();
    let named = |name| context.names.shared(name);
    let mut components: Vec<(String, Value)> =
        OPERATIONS.map(|(op, name)| (named(name).to_owned(), operation(op, &models))).to_vec();
    let any: Vec<Value> = OPERATIONS.iter().map(|(_, name)| reference(named(name))).collect();
    let mapping: Map<String, Value> = OPERATIONS
        .iter()
        .map(|(op, name)| ((*op).to_owned(), json!(format!("#/components/schemas/{}", named(name)))))
        .collect();
    let any = json!({ "oneOf": any, "discriminator": { "propertyName": "op", "mapping": mapping } });
    components.push((named(OPERATION).to_owned(), any));
    components
}

fn operation(op: &str, models: &[&str]) -> Value {
    let free = |text: &str| described(json!({ "type": "object" }), Some(text));
    let data = || free("As a body of the model; a key may be `{\"$ref\": \"name.field\"}`.");
    let (key, filter) = (free("A unique key."), free("A filter; `{}` means all."));
    let rows = json!({ "type": "array", "items": data(), "minItems": 1 });
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_]+$" });
    let needed = match op {
        "create" => vec![("data", data())],
        "createMany" => vec![("data", rows)],
        "update" => vec![("where", key), ("data", data())],
        "updateMany" => vec![("where", filter), ("data", data())],
        "upsert" => vec![("where", key), ("create", data()), ("update", data())],
        "delete" => vec![("where", key)],
        _ => vec![("where", filter)],
    };
    let mut members = Map::new();
    members.insert("op".to_owned(), json!({ "type": "string", "const": op }));
    members.insert("model".to_owned(), json!({ "type": "string", "enum": models }));
    let required = ["op", "model"].into_iter().chain(needed.iter().map(|(name, _)| *name));
    let required = required.map(|name| json!(name)).collect();
    members.extend(needed.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())));
    if matches!(op, "create" | "upsert") {
        members.insert("as".to_owned(), name);
    }
    if op == "createMany" {
        members.insert("skipDuplicates".to_owned(), json!({ "type": "boolean" }));
    }
    if matches!(op, "create" | "update" | "upsert") {
        members
            .extend(["select", "include", "omit"].map(|name| (name.to_owned(), json!({ "type": "object" }))));
    }
    Value::Object(object(members, required))
}
