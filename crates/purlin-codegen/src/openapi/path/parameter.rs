//! Parameters: where a row is, which page, and one per column and operator. They are components, so
//! that a list and the same list under another row name them instead of repeating them.

use purlin_schema::model::{Field, FieldKind, Model, Scalar};
use serde_json::{Map, Value, json};

use crate::openapi::context::{Context, columns};
use crate::openapi::names::Part;
use crate::openapi::value::{Form, element, value};

/// Words with a meaning of their own: a column of such a name is filtered as `limit[equals]=5`.
const RESERVED: [&str; 12] =
    ["page", "limit", "cursor", "sort", "search", "fields", "include", "where", "count", "or", "and", "not"];

const EQUALITY: &[&str] = &["not"];
const MEMBERSHIP: &[&str] = &["not", "in", "notIn"];
const ORDER: &[&str] = &["not", "in", "notIn", "lt", "lte", "gt", "gte"];
const TEXT: &[&str] = &[
    "not",
    "in",
    "notIn",
    "lt",
    "lte",
    "gt",
    "gte",
    "contains",
    "startsWith",
    "endsWith",
    "equals:i",
    "contains:i",
    "startsWith:i",
    "endsWith:i",
];
const LIST: &[&str] = &["has", "hasSome", "hasEvery", "isEmpty"];

/// `components.parameters`.
pub(in crate::openapi) fn components(context: Context<'_>) -> Map<String, Value> {
    let most = context.options.max_limit;
    let usual = context.options.default_limit;
    let mut components = Map::new();
    let mut add = |component: &str, name: &str, schema: Value, text: &str| {
        let parameter = json!({ "name": name, "in": "query", "description": text, "schema": schema });
        components.insert(component.to_owned(), parameter);
    };
    add(
        "page",
        "page",
        json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        "Page number, from 1.",
    );
    add(
        "limit",
        "limit",
        json!({ "type": "integer", "minimum": 1, "maximum": most }),
        &format!("Rows of a page; {usual} where it is not given."),
    );
    add(
        "cursor",
        "cursor",
        json!({ "type": "string" }),
        "Pages by cursor: empty for the first, then `nextCursor` of the page before, with the same filter and order.",
    );
    add(
        "count",
        "count",
        json!({ "type": "string", "enum": ["exact", "capped", "none"] }),
        "How far to count; `capped` (to 10,000) where it is not given.",
    );
    for model in context.models() {
        for field in columns(model) {
            for (component, parameter) in filters(context, model, field) {
                components.insert(component, parameter);
            }
        }
    }
    components
}

/// The address of a row: its key, several fields joined by commas.
pub(super) fn key(context: Context<'_>, model: &Model) -> Value {
    let schema = |field: &Field| match field.kind {
        FieldKind::Scalar(Scalar::String) => json!({ "type": "string", "minLength": 1 }),
        _ => value(context.schema, context.names, field, Form::Text),
    };
    let fields: Vec<&Field> = model.key_fields().collect();
    let (schema, text) = match fields.as_slice() {
        [field] => (schema(field), format!("`{}` of the {}.", field.name, model.name)),
        several => {
            let parts: Vec<Value> = several.iter().map(|field| schema(field)).collect();
            let names: Vec<&str> = several.iter().map(|field| field.name.as_str()).collect();
            let count = parts.len();
            let schema = json!({
                "type": "array", "prefixItems": parts, "items": false, "minItems": count, "maxItems": count,
            });
            (schema, format!("`{}` of the {}, joined by commas.", names.join(","), model.name))
        }
    };
    json!({ "name": "id", "in": "path", "required": true, "style": "simple", "description": text, "schema": schema })
}

/// Of a list: page, order, selection, filters.
pub(super) fn list(context: Context<'_>, model: &Model) -> Vec<Value> {
    let mut parameters: Vec<Value> = ["page", "limit", "cursor", "count"].map(reference).to_vec();
    parameters.push(words(context, model, "sort", Part::SortKey, "Order; every order ends with the id."));
    parameters.extend(selection(context, model));
    parameters.push(json!({
        "name": "where", "in": "query",
        "description": "A filter as JSON, for what single parameters cannot say.",
        "content": { "application/json": { "schema": context.part(model, Part::Where) } },
    }));
    for field in columns(model) {
        parameters.extend(filters(context, model, field).into_iter().map(|(name, _)| reference(&name)));
    }
    parameters
}

/// Which columns and relations are answered.
pub(super) fn selection(context: Context<'_>, model: &Model) -> Vec<Value> {
    let mut parameters = vec![words(context, model, "fields", Part::FieldName, "Only these columns.")];
    if context.relations(model).next().is_some() {
        parameters.push(words(
            context,
            model,
            "include",
            Part::IncludePath,
            "Related rows to answer with it.",
        ));
    }
    parameters
}

fn words(context: Context<'_>, model: &Model, name: &str, part: Part, text: &str) -> Value {
    json!({
        "name": name, "in": "query", "style": "form", "explode": false, "description": text,
        "schema": { "type": "array", "minItems": 1, "uniqueItems": true, "items": context.part(model, part) },
    })
}

fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{component}") })
}

/// Component names with their parameters: `title=`, `title[contains]=`, and so on.
fn filters(context: Context<'_>, model: &Model, field: &Field) -> Vec<(String, Value)> {
    let item = element(context.schema, context.names, field, Form::Text);
    let operators = operators(field);
    let plain = match operators {
        [] => None,
        _ if RESERVED.contains(&field.name.as_str()) => Some("equals"),
        _ => Some(""),
    };
    let component = |operator: &str| format!("{}.{}.{}", model.name, field.name, operator.replace(':', "."));
    plain
        .into_iter()
        .chain(operators.iter().copied())
        .map(|operator| match operator {
            "" if !field.is_list() => {
                let parameter = json!({ "name": field.name, "in": "query", "schema": item });
                (format!("{}.{}", model.name, field.name), parameter)
            }
            "" => {
                let parameter = json!({
                    "name": field.name, "in": "query", "style": "form", "explode": false,
                    "schema": { "type": "array", "items": item, "minItems": 1 },
                });
                (format!("{}.{}", model.name, field.name), parameter)
            }
            "in" | "notIn" | "hasSome" | "hasEvery" => {
                let parameter = json!({
                    "name": format!("{}[{operator}]", field.name), "in": "query",
                    "style": "form", "explode": false,
                    "schema": { "type": "array", "items": item, "minItems": 1 },
                });
                (component(operator), parameter)
            }
            _ => {
                let schema = if operator == "isEmpty" { json!({ "type": "boolean" }) } else { item.clone() };
                let name = format!("{}[{operator}]", field.name);
                (component(operator), json!({ "name": name, "in": "query", "schema": schema }))
            }
        })
        .collect()
}

fn operators(field: &Field) -> &'static [&'static str] {
    match &field.kind {
        FieldKind::Composite(_) | FieldKind::Scalar(Scalar::Json) => &[],
        _ if field.is_list() => LIST,
        FieldKind::Scalar(Scalar::String) => TEXT,
        FieldKind::Scalar(Scalar::Boolean) => EQUALITY,
        FieldKind::Scalar(Scalar::Bytes) | FieldKind::Enum(_) => MEMBERSHIP,
        _ => ORDER,
    }
}
