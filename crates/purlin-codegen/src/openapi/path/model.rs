//! The calls of one model: list, query, create, get, update, replace, delete.

use purlin_schema::model::{Model, PolicyOperation};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{many, parameter, response};
use crate::openapi::context::{Context, is_addressable, is_creatable};
use crate::openapi::names::{Part, Taken, pascal};

pub(super) fn paths(context: Context<'_>, model: &Model, ids: &mut Taken) -> Map<String, Value> {
    let calls = Calls { context, model };
    let mut collection = Map::new();
    collection.insert("get".to_owned(), calls.list(ids));
    if is_creatable(model) {
        collection.insert("post".to_owned(), calls.create(ids));
    }
    if !model.is_view {
        collection.extend(many::calls(context, model, ids));
    }
    let mut query = Map::new();
    query.insert("post".to_owned(), calls.query(ids));
    let mut paths = Map::new();
    paths.insert(context.options.path(&model.path), Value::Object(collection));
    paths.insert(context.options.path(&format!("{}/query", model.path)), Value::Object(query));
    if is_addressable(model) {
        let mut row = Map::new();
        row.insert("parameters".to_owned(), json!([parameter::key(context, model)]));
        row.insert("get".to_owned(), calls.get(ids));
        if !model.is_view {
            row.insert("patch".to_owned(), calls.update(ids));
            row.insert("put".to_owned(), calls.replace(ids));
            row.insert("delete".to_owned(), calls.delete(ids));
        }
        paths.insert(context.options.path(&format!("{}/{{id}}", model.path)), Value::Object(row));
    }
    paths
}

/// A row, or the part of it that the request chose.
pub(super) fn whole_or_partial(context: Context<'_>, model: &Model) -> Value {
    json!({ "anyOf": [context.part(model, Part::Row), context.part(model, Part::Partial)] })
}

/// The row that a write answers: null for an actor who may write it but not read it.
fn written(context: Context<'_>, model: &Model) -> Value {
    let mut forms = vec![context.part(model, Part::Row), context.part(model, Part::Partial)];
    if !context.is_always_readable(model) {
        forms.push(json!({ "type": "null" }));
    }
    json!({ "anyOf": forms })
}

/// The body of a create: one row or several, all or nothing.
pub(super) fn one_or_several(body: &Value) -> Value {
    json!({ "anyOf": [body, { "type": "array", "items": body, "minItems": 1 }] })
}

/// A create answers as it was asked: one row or several.
pub(super) fn created(context: Context<'_>, model: &Model) -> Value {
    let row = written(context, model);
    let data = json!({ "anyOf": [row, { "type": "array", "items": row }, many::count()] });
    response::created(&response::data(&data))
}

/// Another answer of a call where all went well.
fn add_response(call: &mut Value, status: &str, response: Value) {
    if let Some(responses) = call.get_mut("responses").and_then(Value::as_object_mut) {
        responses.insert(status.to_owned(), response);
        responses.sort_keys();
    }
}

struct Calls<'a> {
    context: Context<'a>,
    model: &'a Model,
}

impl Calls<'_> {
    fn operation(&self, ids: &mut Taken, verb: &str, rule: PolicyOperation) -> Operation {
        let plural = matches!(verb, "list" | "query");
        let noun = if plural { pascal(&self.model.path) } else { self.model.name.clone() };
        Operation {
            id: ids.give(&format!("{verb}{noun}")),
            tag: self.model.name.clone(),
            summary: String::new(),
            description: "",
            parameters: Vec::new(),
            body: None,
            status: 200,
            response: Value::Null,
            errors: Vec::new(),
            access: self.context.access(self.model, rule),
        }
    }

    fn list(&self, ids: &mut Taken) -> Value {
        let mut operation = self.operation(ids, "list", PolicyOperation::Read);
        operation.summary = format!("List {}", self.model.path);
        operation.description = "Answers the rows that the actor may read. Filters beyond those listed: \
            `relation.field=`, `or[0][field]=`, JSON paths by dots, and `where=`.";
        operation.parameters = parameter::list(self.context, self.model);
        operation.response = response::success("A page.", Some(&self.context.part(self.model, Part::Page)));
        operation.into_value()
    }

    fn query(&self, ids: &mut Taken) -> Value {
        let mut operation = self.operation(ids, "query", PolicyOperation::Read);
        operation.summary = format!("Query {}", self.model.path);
        operation.description = "Reads like a list; filter, order and selection stand in the body.";
        operation.body = Some(self.context.part(self.model, Part::Query));
        operation.response = response::success("A page.", Some(&self.context.part(self.model, Part::Page)));
        operation.into_value()
    }

    fn create(&self, ids: &mut Taken) -> Value {
        let mut operation = self.operation(ids, "create", PolicyOperation::Create);
        operation.summary = format!("Create one {}, or several", self.model.name);
        operation.description = "An array is made as a whole or not at all. Where the actor may not read what \
            was made, there is null in its place.";
        operation.parameters = parameter::selection(self.context, self.model);
        operation.parameters.extend(parameter::upsert(self.model));
        operation.parameters.extend([parameter::skip_duplicates(), parameter::idempotency_key()]);
        operation.body = Some(one_or_several(&self.context.part(self.model, Part::Create)));
        operation.status = 201;
        operation.response = created(self.context, self.model);
        operation.errors = vec![409, 422];
        let mut call = operation.into_value();
        let row = written(self.context, self.model);
        let data = json!({ "anyOf": [row, { "type": "array", "items": row }] });
        let found = response::written("An upsert has changed a row.", Some(&response::data(&data)));
        add_response(&mut call, "200", found);
        call
    }

    fn get(&self, ids: &mut Taken) -> Value {
        let row = whole_or_partial(self.context, self.model);
        let mut operation = self.operation(ids, "get", PolicyOperation::Read);
        operation.summary = format!("Get one {}", self.model.name);
        operation.parameters = parameter::selection(self.context, self.model);
        operation.parameters.push(parameter::if_none_match());
        operation.response = response::tagged(response::success("The row.", Some(&response::data(&row))));
        operation.errors = vec![404];
        let mut call = operation.into_value();
        let known = response::tagged(response::success("It is as the `If-None-Match` says.", None));
        add_response(&mut call, "304", known);
        call
    }

    fn update(&self, ids: &mut Taken) -> Value {
        let mut operation = self.change(ids, "update");
        operation.summary = format!("Change one {}", self.model.name);
        operation.description = "Only the fields in the body change.";
        operation.body = Some(self.context.part(self.model, Part::Update));
        operation.into_value()
    }

    fn replace(&self, ids: &mut Taken) -> Value {
        let mut operation = self.change(ids, "replace");
        operation.summary = format!("Replace one {}", self.model.name);
        operation.description = "Every writable field is set: absent ones to their default or null.";
        operation.body = Some(self.context.part(self.model, Part::Replace));
        operation.into_value()
    }

    fn change(&self, ids: &mut Taken, verb: &str) -> Operation {
        let mut operation = self.operation(ids, verb, PolicyOperation::Update);
        let row = written(self.context, self.model);
        operation.parameters = parameter::selection(self.context, self.model);
        operation.parameters.extend(parameter::of_changes());
        operation.response =
            response::tagged(response::written("The row as it is now.", Some(&response::data(&row))));
        operation.errors = vec![404, 409, 422];
        operation
    }

    fn delete(&self, ids: &mut Taken) -> Value {
        let mut operation = self.operation(ids, "delete", PolicyOperation::Delete);
        operation.summary = format!("Delete one {}", self.model.name);
        operation.status = 204;
        operation.parameters = parameter::of_changes();
        operation.response = response::written("Deleted.", None);
        operation.errors = vec![404, 409, 422];
        operation.into_value()
    }
}
