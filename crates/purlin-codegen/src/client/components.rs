//! The declarations of the components that are used, each once; they bring in others until all are written.

use serde_json::Value;

use super::names::{comment, key, text};
use super::typescript::{Form, Types};

pub(super) fn declarations(types: &mut Types<'_>) -> Vec<(String, String)> {
    let mut written: Vec<(String, String)> = Vec::new();
    while let Some((component, form)) = types.next() {
        let Some(schema) = types.component(&component) else { continue };
        let name = types.named(&component, form);
        let words = comment(schema.get("description").and_then(Value::as_str), "");
        let body = declaration(types, &name, schema, form);
        written.push((name, format!("{words}{body}")));
    }
    written
}

fn declaration(types: &mut Types<'_>, name: &str, schema: &Value, form: Form) -> String {
    if let (Some(values), Some("string")) =
        (schema.get("enum").and_then(Value::as_array), schema.get("type").and_then(Value::as_str))
    {
        return enumeration(types, name, values);
    }
    let is_object = schema.get("properties").is_some();
    let body = if is_object { types.object(schema, form, "  ") } else { types.of(schema, form) };
    if is_object && body.starts_with("{\n") && body.ends_with("\n}") {
        format!("export interface {name} {body}\n")
    } else {
        format!("export type {name} = {body};\n")
    }
}

/// Its values as a type and, where they are names, as members of an object of the same name.
fn enumeration(types: &mut Types<'_>, name: &str, values: &[Value]) -> String {
    let union = types.of(&serde_json::json!({ "enum": values }), Form::Answer);
    let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    let declared = format!("export type {name} = {union};\n");
    if name.ends_with("FieldName") {
        return declared;
    }
    let members = words.iter().map(|word| format!("{}: {}", key(word), text(word)));
    let members: Vec<String> = members.collect();
    format!("{declared}export const {name} = {{ {} }} as const;\n", members.join(", "))
}
