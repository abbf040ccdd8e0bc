//! `…/aggregate`: what may be measured, how groups are made and chosen, and the answer.

use purlin_schema::model::{Field, FieldKind, Model, Scalar};
use serde_json::{Map, Value, json};

use crate::openapi::context::{Context, columns, is_document};
use crate::openapi::names::{Part, SORT_DIRECTION};
use crate::openapi::value::{Form, described, element, nullable, object, reference, value};

pub(in crate::openapi) const FUNCTIONS: [&str; 5] = ["_count", "_sum", "_avg", "_min", "_max"];

const MAX_GROUP_FIELDS: usize = 4;

/// The columns that a function measures.
pub(in crate::openapi) fn measured<'m>(
    model: &'m Model,
    function: &'static str,
) -> impl Iterator<Item = &'m Field> {
    columns(model).filter(move |field| !field.is_list()).filter(move |field| match function {
        "_count" => true,
        "_sum" | "_avg" => is_number(field),
        _ => {
            is_number(field)
                || matches!(
                    field.kind,
                    FieldKind::Scalar(Scalar::String | Scalar::DateTime) | FieldKind::Enum(_)
                )
        }
    })
}

/// The columns that groups are made by.
pub(in crate::openapi) fn grouping(model: &Model) -> impl Iterator<Item = &Field> {
    columns(model).filter(|field| {
        !field.is_list() && !is_document(field) && !matches!(field.kind, FieldKind::Scalar(Scalar::Bytes))
    })
}

fn is_number(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Scalar(Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal))
}

/// A measure of a column, but null.
fn measure(context: Context<'_>, function: &str, field: &Field, form: Form) -> Value {
    let is_exact = matches!(field.kind, FieldKind::Scalar(Scalar::Decimal));
    match function {
        "_count" => json!({ "type": "integer", "minimum": 0 }),
        "_sum" if matches!(field.kind, FieldKind::Scalar(Scalar::Int)) => {
            json!({ "type": "integer", "format": "int64" })
        }
        "_sum" if is_exact || matches!(field.kind, FieldKind::Scalar(Scalar::BigInt)) => {
            json!({ "type": "string", "format": "decimal" })
        }
        "_avg" if is_exact => json!({ "type": "string", "format": "decimal" }),
        "_sum" | "_avg" => json!({ "type": "number", "format": "double" }),
        _ => value(context.schema, context.names, field, form),
    }
}

/// `_count` and the like as answered, or as tests of groups.
fn functions(
    context: Context<'_>,
    model: &Model,
    form: Form,
    of_value: impl Fn(&str, Value) -> Value,
) -> Map<String, Value> {
    let mut members = Map::new();
    for function in FUNCTIONS {
        let mut fields: Map<String, Value> = measured(model, function)
            .map(|field| (field.name.clone(), of_value(function, measure(context, function, field, form))))
            .collect();
        if function == "_count" {
            let rows = of_value(function, json!({ "type": "integer", "minimum": 0 }));
            fields.insert("_all".to_owned(), rows.clone());
            members.insert(function.to_owned(), json!({ "anyOf": [rows, object(fields, Vec::new())] }));
        } else if !fields.is_empty() {
            members.insert(function.to_owned(), Value::Object(object(fields, Vec::new())));
        }
    }
    members
}

/// The measures of all rows, or of one group, beside its fields.
pub(super) fn answer(context: Context<'_>, model: &Model) -> Value {
    let mut members: Map<String, Value> = grouping(model)
        .map(|field| {
            let schema = value(context.schema, context.names, field, Form::Answer);
            (field.name.clone(), nullable(schema))
        })
        .collect();
    members.extend(functions(context, model, Form::Answer, |function, schema| {
        if function == "_count" { schema } else { nullable(schema) }
    }));
    let text =
        "What was asked for: the fields of a group, and measures. Without any value a measure is null.";
    described(Value::Object(object(members, Vec::new())), Some(text))
}

/// Conditions on groups: all members must hold.
pub(super) fn having(context: Context<'_>, model: &Model) -> Value {
    let own = context.part(model, Part::Having);
    let several = json!({ "type": "array", "items": own });
    let mut members = Map::new();
    members.insert("AND".to_owned(), json!({ "anyOf": [own, several] }));
    members.insert("OR".to_owned(), several.clone());
    members.insert("NOT".to_owned(), json!({ "anyOf": [own, several] }));
    for field in grouping(model) {
        let item = element(context.schema, context.names, field, Form::Input);
        let is_ordered = !matches!(field.kind, FieldKind::Scalar(Scalar::Boolean));
        members.insert(field.name.clone(), tests(&item, is_ordered));
    }
    for (name, mut schema) in functions(context, model, Form::Input, |_, item| tests(&item, true)) {
        if let Some(members) = schema.as_object_mut().filter(|members| members.contains_key("properties")) {
            members.insert("minProperties".to_owned(), json!(1));
        }
        members.insert(name, schema);
    }
    let text = "Conditions on groups, by fields that they are made by and by measures.";
    described(Value::Object(object(members, Vec::new())), Some(text))
}

fn tests(item: &Value, is_ordered: bool) -> Value {
    let mut members = Map::new();
    for operator in ["equals", "not"] {
        members.insert(operator.to_owned(), nullable(item.clone()));
    }
    for operator in ["in", "notIn"] {
        members.insert(operator.to_owned(), json!({ "type": "array", "items": item }));
    }
    for operator in ["lt", "lte", "gt", "gte"].into_iter().filter(|_| is_ordered) {
        members.insert(operator.to_owned(), item.clone());
    }
    json!({ "anyOf": [nullable(item.clone()), object(members, Vec::new())] })
}

/// The body of `POST …/aggregate`.
pub(super) fn query(context: Context<'_>, model: &Model) -> Value {
    let mut members = Map::new();
    members.insert("where".to_owned(), context.part(model, Part::Where));
    if !model.fulltext.is_empty() {
        members.insert("search".to_owned(), json!({ "type": "string" }));
    }
    for function in FUNCTIONS {
        let flag = json!({ "type": "boolean" });
        let mut fields: Map<String, Value> =
            measured(model, function).map(|field| (field.name.clone(), flag.clone())).collect();
        let schema = if function == "_count" {
            fields.insert("_all".to_owned(), flag.clone());
            json!({ "anyOf": [flag, object(fields, Vec::new())] })
        } else {
            Value::Object(object(fields, Vec::new()))
        };
        members.insert(function.to_owned(), schema);
    }
    let names: Vec<&str> = grouping(model).map(|field| field.name.as_str()).collect();
    if !names.is_empty() {
        let name = json!({ "type": "string", "enum": names });
        let several = json!({
            "type": "array", "items": name, "minItems": 1, "maxItems": MAX_GROUP_FIELDS, "uniqueItems": true,
        });
        members.insert("by".to_owned(), json!({ "anyOf": [name, several] }));
        members.insert("having".to_owned(), context.part(model, Part::Having));
    }
    let rows = context.part(model, Part::OrderBy);
    let groups = group_order(context, model);
    members.insert(
        "orderBy".to_owned(),
        json!({ "anyOf": [rows, { "type": "array", "items": rows }, groups, { "type": "array", "items": groups }] }),
    );
    members.insert("skip".to_owned(), json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }));
    members.insert("take".to_owned(), json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }));
    let text = "Without `by` order and page choose the rows that are measured; with it they are those of the groups, \
        by fields of `by` and by measures.";
    described(Value::Object(object(members, Vec::new())), Some(text))
}

fn group_order(context: Context<'_>, model: &Model) -> Value {
    let direction = reference(context.names.shared(SORT_DIRECTION));
    let mut members: Map<String, Value> =
        grouping(model).map(|field| (field.name.clone(), direction.clone())).collect();
    for function in FUNCTIONS {
        let mut fields: Map<String, Value> =
            measured(model, function).map(|field| (field.name.clone(), direction.clone())).collect();
        if function == "_count" {
            fields.insert("_all".to_owned(), direction.clone());
            members.insert(function.to_owned(), json!({ "anyOf": [direction, object(fields, Vec::new())] }));
        } else if !fields.is_empty() {
            members.insert(function.to_owned(), Value::Object(object(fields, Vec::new())));
        }
    }
    Value::Object(object(members, Vec::new()))
}
