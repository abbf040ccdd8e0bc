//! The calls of sign-in, as their own crate describes them; what they take and answer of users is filled in
//! from the auth model.

use purlin_schema::model::Model;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::response;
use crate::openapi::access::Access;
use crate::openapi::component::profile_field;
use crate::openapi::context::Context;
use crate::openapi::names::{Part, Taken};
use crate::openapi::options::Call;

pub(in crate::openapi) const TAG: &str = "Sign-in";

pub(super) fn paths(context: Context<'_>, ids: &mut Taken) -> Map<String, Value> {
    let mut paths: Map<String, Value> = Map::new();
    let Some(model) = context.schema.auth_model.map(|id| context.schema.model(id)) else { return paths };
    for call in &context.options.sign_in {
        let described = operation(context, model, call, ids);
        let place = paths.entry(call.path.clone()).or_insert_with(|| json!({}));
        if let Value::Object(calls) = place {
            let named = path_parameters(&call.path);
            if !named.is_empty() && calls.is_empty() {
                calls.insert("parameters".to_owned(), Value::Array(named));
            }
            calls.insert(call.method.clone(), described);
        }
    }
    paths
}

/// The names in braces.
fn path_parameters(path: &str) -> Vec<Value> {
    let name = |part: &str| part.strip_prefix('{')?.strip_suffix('}').map(str::to_owned);
    path.split('/').filter_map(name).map(|name| parameter(&name, "path")).collect()
}

fn parameter(name: &str, place: &str) -> Value {
    let schema = json!({ "type": "string", "minLength": 1 });
    json!({ "name": name, "in": place, "required": place == "path", "schema": schema })
}

fn operation(context: Context<'_>, model: &Model, call: &Call, ids: &mut Taken) -> Value {
    let fill = |schema: &Value| filled(context, model, schema);
    let answer = call.answer.as_ref().map(&fill);
    let words = if answer.is_some() { "Done; the answer." } else { "Done." };
    let operation = Operation {
        id: ids.give(&call.id),
        tag: context.tag(TAG),
        summary: call.summary.clone(),
        description: "",
        parameters: call.parameters.iter().map(|name| parameter(name, "query")).collect(),
        body: call.body.as_ref().map(&fill),
        status: call.status,
        response: response::success(words, answer.as_ref()),
        errors: call.errors.clone(),
        access: if call.needs_token { Access::SignedIn } else { Access::Anyone },
    };
    let mut described = operation.into_value();
    let who = if call.needs_token { "Needs a token." } else { "Works without a token." };
    if let Value::Object(members) = &mut described {
        members.insert("description".to_owned(), json!(who));
    }
    if let Some(body) = described.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.insert("required".to_owned(), json!(call.is_body_required));
    }
    described
}

fn filled(context: Context<'_>, model: &Model, schema: &Value) -> Value {
    match schema {
        Value::Object(members) if members.contains_key("$user") => user(context, model),
        Value::Object(members) if members.contains_key("$field") => {
            let name = members.get("$field").and_then(Value::as_str).unwrap_or_default();
            let is_new = members.get("isNew") == Some(&json!(true));
            model.field_named(name).map_or(json!({}), |field| profile_field(context, field, is_new))
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(context, model, value))).collect()
        }
        Value::Array(items) => items.iter().map(|item| filled(context, model, item)).collect(),
        other => other.clone(),
    }
}

/// As the rules show them to themselves; their key alone, where the rules show nothing.
fn user(context: Context<'_>, model: &Model) -> Value {
    let row = context.part(model, Part::Row);
    let Some(key) = model.key_fields().next() else { return row };
    let only = json!({
        "type": "object", "additionalProperties": false, "required": [key.name],
        "properties": { key.name.as_str(): { "type": "string" } },
    });
    if context.is_readable_by_self(model) { row } else { json!({ "anyOf": [row, only] }) }
}
