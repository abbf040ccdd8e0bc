//! `POST …/query`: Prisma's `select`, `include`, `omit`, `orderBy`, `skip`, `take`, `distinct`.

use purlin_schema::model::Model;
use serde_json::{Map, Value, json};

use crate::openapi::context::{Context, columns, is_document, is_visible};
use crate::openapi::names::{Part, SORT_DIRECTION};
use crate::openapi::value::{described, object, one_of_members, reference};

pub(super) fn order_by(context: Context<'_>, model: &Model) -> Value {
    let direction = reference(context.names.shared(SORT_DIRECTION));
    let mut members = columns_and_rows(context, model);
    for (field, _) in context.relations(model).filter(|(field, _)| field.is_list()) {
        let count = one_of_members([("_count".to_owned(), direction.clone())].into_iter().collect());
        members.insert(field.name.clone(), count);
    }
    members.extend(relevance(model).map(|schema| ("_relevance".to_owned(), schema)));
    Value::Object(object(members, Vec::new()))
}

/// How well some fields of `@@fulltext` answer a search.
fn relevance(model: &Model) -> Option<Value> {
    let mut names: Vec<&str> = Vec::new();
    for field in model.fulltext.iter().flatten().map(|field| model.field(*field)) {
        if is_visible(field) && !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    let name = (!names.is_empty()).then(|| json!({ "type": "string", "enum": names }))?;
    Some(json!({
        "type": "object", "additionalProperties": false, "required": ["fields", "search", "sort"],
        "properties": {
            "fields": { "anyOf": [name, { "type": "array", "items": name, "minItems": 1 }] },
            "search": { "type": "string" },
            "sort": { "type": "string", "enum": ["asc", "desc"] },
        },
    }))
}

/// Where a to-one relation has led to the model: one column of it, or of a row further on.
pub(super) fn related_order_by(context: Context<'_>, model: &Model) -> Value {
    one_of_members(columns_and_rows(context, model))
}

fn columns_and_rows(context: Context<'_>, model: &Model) -> Map<String, Value> {
    let direction = reference(context.names.shared(SORT_DIRECTION));
    let sortable = columns(model).filter(|field| !field.is_list() && !is_document(field));
    let mut members: Map<String, Value> =
        sortable.map(|field| (field.name.clone(), direction.clone())).collect();
    for (field, relation) in context.relations(model).filter(|(field, _)| !field.is_list()) {
        let target = context.part(context.target(relation), Part::RelatedOrderBy);
        members.insert(field.name.clone(), target);
    }
    members
}

/// Columns and relations; nothing else is answered.
pub(super) fn select(context: Context<'_>, model: &Model) -> Value {
    let mut members: Map<String, Value> =
        columns(model).map(|field| (field.name.clone(), json!({ "type": "boolean" }))).collect();
    members.extend(relations(context, model));
    Value::Object(object(members, Vec::new()))
}

/// Relations beside all columns.
pub(super) fn include(context: Context<'_>, model: &Model) -> Value {
    Value::Object(object(relations(context, model), Vec::new()))
}

fn relations(context: Context<'_>, model: &Model) -> Map<String, Value> {
    let mut members = Map::new();
    for (field, relation) in context.relations(model) {
        let arguments = context.part(context.target(relation), Part::Arguments);
        members.insert(field.name.clone(), json!({ "anyOf": [{ "type": "boolean" }, arguments] }));
    }
    let counts = context.part(model, Part::Count);
    let chosen = json!({
        "type": "object", "properties": { "select": counts },
        "required": ["select"], "additionalProperties": false,
    });
    members.insert("_count".to_owned(), json!({ "anyOf": [{ "type": "boolean" }, chosen] }));
    members
}

pub(super) fn omit(_context: Context<'_>, model: &Model) -> Value {
    let members = columns(model).map(|field| (field.name.clone(), json!({ "type": "boolean" }))).collect();
    Value::Object(object(members, Vec::new()))
}

/// Which to-many relations are counted.
pub(super) fn count(context: Context<'_>, model: &Model) -> Value {
    let lists = context.relations(model).filter(|(field, _)| field.is_list());
    let members = lists.map(|(field, relation)| {
        let filter = context.part(context.target(relation), Part::Where);
        let filtered =
            json!({ "type": "object", "properties": { "where": filter }, "additionalProperties": false });
        (field.name.clone(), json!({ "anyOf": [{ "type": "boolean" }, filtered] }))
    });
    Value::Object(object(members.collect(), Vec::new()))
}

/// A query inside a query.
pub(super) fn arguments(context: Context<'_>, model: &Model) -> Value {
    Value::Object(either_selection(object(members(context, model), Vec::new())))
}

pub(super) fn query(context: Context<'_>, model: &Model) -> Value {
    let mut members = members(context, model);
    let cursor = described(
        json!({ "anyOf": [context.part(model, Part::Key), { "type": ["string", "null"] }] }),
        Some(
            "The key of the row to begin with, `nextCursor` of the page before, or null for the first page by cursor.",
        ),
    );
    members.insert("cursor".to_owned(), cursor);
    if !model.fulltext.is_empty() {
        members.insert("search".to_owned(), json!({ "type": "string" }));
    }
    members.insert("count".to_owned(), json!({ "enum": ["exact", "capped", "none"] }));
    Value::Object(either_selection(object(members, Vec::new())))
}

fn members(context: Context<'_>, model: &Model) -> Map<String, Value> {
    let order = context.part(model, Part::OrderBy);
    let name = context.part(model, Part::FieldName);
    let mut members = Map::new();
    for part in [Part::Where, Part::Select, Part::Include, Part::Omit] {
        let word = match part {
            Part::Where => "where",
            Part::Select => "select",
            Part::Include => "include",
            _ => "omit",
        };
        members.insert(word.to_owned(), context.part(model, part));
    }
    members.insert("orderBy".to_owned(), json!({ "anyOf": [order, { "type": "array", "items": order }] }));
    members.insert("skip".to_owned(), json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }));
    let most = context.options.max_limit;
    let least = i64::try_from(most).map_or(i64::MIN, |most| -most);
    let take = described(
        json!({ "type": "integer", "minimum": least, "maximum": most }),
        Some("A negative number takes rows from the end, or before the cursor's row."),
    );
    members.insert("take".to_owned(), take);
    members.insert("distinct".to_owned(), json!({ "anyOf": [name, { "type": "array", "items": name }] }));
    members
}

/// `select` says everything, so it stands alone.
fn either_selection(mut schema: Map<String, Value>) -> Map<String, Value> {
    schema.insert(
        "not".to_owned(),
        json!({
            "required": ["select"],
            "anyOf": [{ "required": ["include"] }, { "required": ["omit"] }],
        }),
    );
    schema
}
