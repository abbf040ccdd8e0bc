//! `where`: Prisma's filters. Each column takes a value or an object of tests, each relation a filter
//! of its other end.

use purlin_schema::model::{EnumId, Field, FieldKind, Model, Scalar};
use serde_json::{Map, Value, json};

use crate::openapi::context::{Context, columns};
use crate::openapi::names::Part;
use crate::openapi::value::{Form, described, element, nullable, object, reference, scalar, value};

/// The tests of one kind of column, as a component's name.
pub(super) fn test_component(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "StringFilter",
        Scalar::Boolean => "BooleanFilter",
        Scalar::Int => "IntFilter",
        Scalar::BigInt => "BigIntFilter",
        Scalar::Float => "FloatFilter",
        Scalar::Decimal => "DecimalFilter",
        Scalar::DateTime => "DateTimeFilter",
        Scalar::Json => "JsonFilter",
        Scalar::Bytes => "BytesFilter",
    }
}

/// A whole `where` of a model: all its members must hold.
pub(super) fn filter(context: Context<'_>, model: &Model) -> Value {
    let own = context.part(model, Part::Where);
    let several = json!({ "type": "array", "items": own });
    let one_or_several = json!({ "anyOf": [own, several] });
    let mut members = Map::new();
    members.insert("AND".to_owned(), one_or_several.clone());
    members.insert("OR".to_owned(), several);
    members.insert("NOT".to_owned(), one_or_several);
    for field in columns(model) {
        members.insert(field.name.clone(), column(context, field));
    }
    for (field, relation) in context.relations(model) {
        let target = context.part(context.target(relation), Part::Where);
        let schema = if field.is_list() {
            quantified(&target, &["some", "every", "none"])
        } else {
            let tests = quantified(&nullable(target.clone()), &["is", "isNot"]);
            json!({ "anyOf": [target, tests, { "type": "null" }] })
        };
        members.insert(field.name.clone(), schema);
    }
    Value::Object(object(members, Vec::new()))
}

fn quantified(target: &Value, words: &[&str]) -> Value {
    let members = words.iter().map(|word| ((*word).to_owned(), target.clone())).collect();
    Value::Object(object(members, Vec::new()))
}

fn column(context: Context<'_>, field: &Field) -> Value {
    let tests = match &field.kind {
        _ if field.is_list() => list_tests(&element(context.schema, context.names, field, Form::Input)),
        FieldKind::Enum(id) => reference(context.names.enum_filter(*id)),
        FieldKind::Scalar(kind) => reference(context.names.shared(test_component(*kind))),
        _ => reference(context.names.shared(test_component(Scalar::Json))),
    };
    let plain = match &field.kind {
        FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_) if !field.is_list() => {
            json!({ "type": ["string", "number", "boolean", "array", "null"] })
        }
        _ => nullable(value(context.schema, context.names, field, Form::Input)),
    };
    json!({ "anyOf": [plain, tests] })
}

fn list_tests(item: &Value) -> Value {
    let several = json!({ "type": "array", "items": item });
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "equals": nullable(several.clone()), "has": item,
            "hasSome": several, "hasEvery": several, "isEmpty": { "type": "boolean" },
        },
    })
}

/// The tests of a scalar. `not` and `notIn` do not match null.
pub(super) fn tests(context: Context<'_>, kind: Scalar) -> Value {
    let item = scalar(kind, Form::Input);
    let own = reference(context.names.shared(test_component(kind)));
    let mut members = match kind {
        Scalar::Json => return json_tests(),
        _ => membership(&item, &own),
    };
    if !matches!(kind, Scalar::Boolean | Scalar::Bytes) {
        for word in ["lt", "lte", "gt", "gte"] {
            members.insert(word.to_owned(), item.clone());
        }
    }
    if kind == Scalar::String {
        for word in ["contains", "startsWith", "endsWith"] {
            members.insert(word.to_owned(), item.clone());
        }
        members.insert("mode".to_owned(), json!({ "enum": ["default", "insensitive"] }));
    }
    Value::Object(object(members, Vec::new()))
}

pub(super) fn enum_tests(context: Context<'_>, id: EnumId) -> Value {
    let item = reference(&context.schema.enumeration(id).name);
    let own = reference(context.names.enum_filter(id));
    Value::Object(object(membership(&item, &own), Vec::new()))
}

fn membership(item: &Value, own: &Value) -> Map<String, Value> {
    let several = json!({ "type": "array", "items": item });
    let mut members = Map::new();
    members.insert("equals".to_owned(), nullable(item.clone()));
    members.insert("not".to_owned(), json!({ "anyOf": [nullable(item.clone()), own] }));
    members.insert("in".to_owned(), several.clone());
    members.insert("notIn".to_owned(), several);
    members
}

fn json_tests() -> Value {
    let keys = json!({ "type": "array", "items": { "type": "string" } });
    let dotted = json!({ "type": "string", "pattern": "^\\$(\\..+)?$" });
    let text = json!({ "type": "string" });
    let words = ["equals", "not", "lt", "lte", "gt", "gte"];
    let words = words.into_iter().chain(["array_contains", "array_starts_with", "array_ends_with"]);
    let words = words.chain(["string_contains", "string_starts_with", "string_ends_with"]);
    let any_test: Vec<Value> = words.map(|word| json!({ "required": [word] })).collect();
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "path": { "anyOf": [keys, dotted] },
            "equals": {}, "not": {}, "lt": {}, "lte": {}, "gt": {}, "gte": {},
            "array_contains": {}, "array_starts_with": {}, "array_ends_with": {},
            "string_contains": text, "string_starts_with": text, "string_ends_with": text,
            "mode": { "enum": ["default", "insensitive"] },
        },
        "anyOf": any_test,
    });
    described(schema, Some("Tests the value at `path`, such as `[\"a\", \"b\"]` or `$.a.b`."))
}
