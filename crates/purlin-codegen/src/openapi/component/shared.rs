//! What all models share: the error body, the pages' `meta`, tests per scalar, and the schema's own
//! enums and composite types.

use std::collections::BTreeSet;

use purlin_schema::model::{FieldKind, Scalar};
use serde_json::{Map, Value, json};

use super::{batch, filter, input};
use crate::openapi::context::{Context, needs_value};
use crate::openapi::names::{CURSOR_META, ERROR, HEALTH, PAGE_META, SORT_DIRECTION};
use crate::openapi::value::{Form, described, nullable, object, value};

/// Names that models, enums and types take precedence over.
pub(in crate::openapi) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(batch::names())
}

const NAMES: [&str; 18] = [
    ERROR,
    PAGE_META,
    CURSOR_META,
    HEALTH,
    SORT_DIRECTION,
    "IntChange",
    "BigIntChange",
    "FloatChange",
    "DecimalChange",
    "StringFilter",
    "BooleanFilter",
    "IntFilter",
    "BigIntFilter",
    "FloatFilter",
    "DecimalFilter",
    "DateTimeFilter",
    "JsonFilter",
    "BytesFilter",
];

pub(super) fn add_enums(context: Context<'_>, schemas: &mut Map<String, Value>) {
    for item in &context.schema.enums {
        let members: Vec<&str> = item.values.iter().map(|member| member.name.as_str()).collect();
        let schema = described(json!({ "type": "string", "enum": members }), item.docs.as_deref());
        schemas.insert(item.name.clone(), schema);
        let tests = filter::enum_tests(context, item.id);
        schemas.insert(context.names.enum_filter(item.id).to_owned(), tests);
    }
}

/// A composite value is answered as it was written, so that both forms differ in their checks only.
pub(super) fn add_types(context: Context<'_>, schemas: &mut Map<String, Value>) {
    for item in &context.schema.types {
        let shown: Vec<_> = item.fields.iter().filter(|field| field.is_exposed()).collect();
        let members = shown.iter().map(|field| {
            let schema = value(context.schema, context.names, field, Form::Input);
            let schema = if needs_value(field) { schema } else { nullable(schema) };
            (field.name.clone(), described(schema, field.docs.as_deref()))
        });
        let required = shown.iter().filter(|field| needs_value(field)).map(|field| json!(field.name));
        let answer = Value::Object(object(members.collect(), required.collect()));
        schemas.insert(item.name.clone(), described(answer, item.docs.as_deref()));
        let written = input::composite(context, &item.fields, item.docs.as_deref());
        schemas.insert(context.names.type_input(item.id).to_owned(), written);
    }
}

pub(super) fn add(context: Context<'_>, schemas: &mut Map<String, Value>) {
    for kind in used_scalars(context) {
        let name = context.names.shared(filter::test_component(kind));
        schemas.insert(name.to_owned(), filter::tests(context, kind));
        if let Some(name) = input::change_component(kind) {
            schemas.insert(context.names.shared(name).to_owned(), input::change(kind));
        }
    }
    let mut add = |name: &'static str, schema: Value| {
        schemas.insert(context.names.shared(name).to_owned(), schema);
    };
    add(SORT_DIRECTION, sort_direction());
    add(PAGE_META, page_meta(context));
    add(CURSOR_META, cursor_meta(context));
    add(ERROR, error());
    add(
        HEALTH,
        json!({
            "type": "object", "additionalProperties": false, "required": ["status"],
            "properties": { "status": { "type": "string", "enum": ["ok", "ready"] } },
        }),
    );
}

fn used_scalars(context: Context<'_>) -> BTreeSet<Scalar> {
    let fields = context.models().flat_map(|model| &model.fields);
    fields
        .filter_map(|field| match field.kind {
            FieldKind::Scalar(kind) => Some(kind),
            FieldKind::Composite(_) => Some(Scalar::Json),
            _ => None,
        })
        .collect()
}

fn sort_direction() -> Value {
    let direction = json!({ "type": "string", "enum": ["asc", "desc"] });
    json!({
        "anyOf": [direction, {
            "type": "object", "additionalProperties": false, "required": ["sort"],
            "properties": { "sort": direction, "nulls": { "type": "string", "enum": ["first", "last"] } },
        }],
    })
}

fn page_meta(context: Context<'_>) -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "description": "A page by number. The total is missing with `count=none`, and with `count=capped` \
            (the default) it stops at 10,000, which `totalIsCapped` then says.",
        "required": ["page", "limit"],
        "properties": {
            "page": { "type": "integer", "minimum": 1 },
            "limit": limit(context),
            "total": { "type": "integer", "minimum": 0 },
            "totalPages": { "type": "integer", "minimum": 0 },
            "totalIsCapped": { "type": "boolean" },
            "hasMore": { "type": "boolean" },
        },
    })
}

fn cursor_meta(context: Context<'_>) -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "description": "A page by cursor.",
        "required": ["limit", "nextCursor", "hasMore"],
        "properties": {
            "limit": limit(context),
            "nextCursor": { "type": ["string", "null"] },
            "hasMore": { "type": "boolean" },
        },
    })
}

fn limit(context: Context<'_>) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": context.options.max_limit })
}

fn error() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["error"],
        "properties": { "error": {
            "type": "object", "additionalProperties": false, "required": ["code", "message", "requestId"],
            "properties": {
                "code": { "type": "string", "enum": [
                    "VALIDATION_ERROR", "BAD_REQUEST", "UNAUTHENTICATED", "SECOND_FACTOR_REQUIRED", "EMAIL_NOT_VERIFIED",
                    "REGISTRATION_CLOSED", "FORBIDDEN", "NOT_FOUND",
                    "METHOD_NOT_ALLOWED", "CONFLICT", "TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_MISMATCH",
                    "RATE_LIMITED",
                    "INTERNAL_ERROR", "UNAVAILABLE",
                ] },
                "message": { "type": "string" },
                "fields": {
                    "type": "object",
                    "description": "Messages by field; an empty name is the whole body.",
                    "additionalProperties": { "type": "array", "items": { "type": "string" } },
                },
                "requestId": { "type": "string" },
            },
        } },
    })
}
