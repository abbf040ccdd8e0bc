//! JSON Schemas of single values: scalars, enums, composite types, lists, null.

use purlin_schema::model::{Arity, Field, FieldKind, Scalar, Schema};
use serde_json::{Map, Value, json};

use super::names::Names;

/// Answers have one form per type; input is read more generously.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Answer,
    Input,
    /// In a URL, where every value is text.
    Text,
}

/// The value of a column, with its list but without null. Relations have none.
pub(super) fn value(schema: &Schema, names: &Names, field: &Field, form: Form) -> Value {
    let element = element(schema, names, field, form);
    match field.arity {
        Arity::List => json!({ "type": "array", "items": element }),
        Arity::Required | Arity::Optional => element,
    }
}

/// One element of a list, or the value of another field.
pub(super) fn element(schema: &Schema, names: &Names, field: &Field, form: Form) -> Value {
    match &field.kind {
        FieldKind::Scalar(kind) => scalar(*kind, form),
        FieldKind::Enum(id) => reference(&schema.enumeration(*id).name),
        FieldKind::Composite(id) if form == Form::Input => reference(names.type_input(*id)),
        FieldKind::Composite(id) => reference(&schema.composite(*id).name),
        FieldKind::Relation(_) | FieldKind::Unsupported(_) => json!({}),
    }
}

pub(super) fn scalar(scalar: Scalar, form: Form) -> Value {
    match (scalar, form) {
        (Scalar::String, _) => json!({ "type": "string" }),
        (Scalar::Boolean, _) => json!({ "type": "boolean" }),
        (Scalar::Int, _) => {
            json!({ "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX })
        }
        (Scalar::BigInt, Form::Answer | Form::Text) => {
            json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$" })
        }
        (Scalar::BigInt, Form::Input) => json!({
            "type": ["string", "integer"], "format": "int64", "pattern": "^-?[0-9]{1,19}$",
            "minimum": i64::MIN, "maximum": i64::MAX,
        }),
        (Scalar::Float, _) => json!({ "type": "number", "format": "double" }),
        (Scalar::Decimal, Form::Answer) => {
            json!({ "type": "string", "format": "decimal", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
        }
        // 65 digits in all; 32 on each side always fit.
        (Scalar::Decimal, Form::Text) => json!({
            "type": "string", "format": "decimal", "pattern": "^-?[0-9]{1,32}(\\.[0-9]{1,32})?$",
        }),
        (Scalar::Decimal, Form::Input) => json!({
            "type": ["string", "number"], "format": "decimal", "pattern": "^-?[0-9]{1,32}(\\.[0-9]{1,32})?$",
        }),
        (Scalar::DateTime, _) => json!({ "type": "string", "format": "date-time" }),
        (Scalar::Json, _) => json!({}),
        (Scalar::Bytes, _) => json!({
            "type": "string", "contentEncoding": "base64",
            "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        }),
    }
}

pub(super) fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{component}") })
}

/// The same or null.
pub(super) fn nullable(schema: Value) -> Value {
    let Value::Object(mut members) = schema else { return schema };
    if members.is_empty() || members.contains_key("enum") || members.contains_key("$ref") {
        let is_anything = members.is_empty();
        return if is_anything { json!({}) } else { json!({ "anyOf": [members, { "type": "null" }] }) };
    }
    match members.get_mut("type") {
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one.take(), "null"]),
        None => return json!({ "anyOf": [members, { "type": "null" }] }),
    }
    Value::Object(members)
}

/// Adds a description; beside `$ref` that is allowed since 3.1.
pub(super) fn described(schema: Value, text: Option<&str>) -> Value {
    let Value::Object(mut members) = schema else { return schema };
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        members.insert("description".to_owned(), json!(text.trim()));
    }
    Value::Object(members)
}

/// A closed object; `required` is left out where it would be empty.
pub(super) fn object(properties: Map<String, Value>, required: Vec<Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// An object with exactly one of the given members.
pub(super) fn one_of_members(properties: Map<String, Value>) -> Value {
    let mut schema = object(properties, Vec::new());
    schema.insert("minProperties".to_owned(), json!(1));
    schema.insert("maxProperties".to_owned(), json!(1));
    Value::Object(schema)
}
