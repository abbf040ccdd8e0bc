//! Resources under a row: `/users/{id}/posts` for a to-many relation, `/posts/{id}/author` for a
//! to-one relation.

use purlin_schema::model::{Field, Link, Model, PolicyOperation, Relation};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{model, parameter, response};
use crate::openapi::component::nested_create;
use crate::openapi::context::{Context, is_addressable};
use crate::openapi::names::{Part, Taken, capitalized};
use crate::openapi::value::reference;

pub(super) fn paths(context: Context<'_>, model: &Model, ids: &mut Taken) -> Map<String, Value> {
    let mut paths = Map::new();
    if !is_addressable(model) {
        return paths;
    }
    for (field, relation) in context.relations(model) {
        let nested = Nested { context, model, field, relation };
        let mut calls = Map::new();
        calls.insert("parameters".to_owned(), json!([parameter::key(context, model)]));
        if field.is_list() {
            calls.insert("get".to_owned(), nested.list(ids));
        } else {
            calls.insert("get".to_owned(), nested.get(ids));
        }
        if let Some(body) = nested_create(context, model, field, relation) {
            calls.insert("post".to_owned(), nested.create(ids, &body));
        }
        let path = context.options.path(&format!("{}/{{id}}/{}", model.path, field.name));
        paths.insert(path, Value::Object(calls));
    }
    paths
}

struct Nested<'a> {
    context: Context<'a>,
    model: &'a Model,
    field: &'a Field,
    relation: &'a Relation,
}

impl Nested<'_> {
    fn operation(&self, ids: &mut Taken, verb: &str, rule: PolicyOperation) -> Operation {
        let target = self.context.target(self.relation);
        Operation {
            id: ids.give(&format!("{verb}{}{}", self.model.name, capitalized(&self.field.name))),
            tag: self.model.name.clone(),
            summary: String::new(),
            description: "",
            parameters: Vec::new(),
            body: None,
            status: 200,
            response: Value::Null,
            errors: vec![404],
            access: self.context.access(target, rule),
        }
    }

    fn list(&self, ids: &mut Taken) -> Value {
        let target = self.context.target(self.relation);
        let mut operation = self.operation(ids, "list", PolicyOperation::Read);
        operation.summary = format!("List {} of one {}", self.field.name, self.model.name);
        operation.description = "Takes the filters of the target's own list too.";
        operation.parameters = parameter::nested_list(self.context, target);
        operation.response = response::success("A page.", Some(&self.context.part(target, Part::Page)));
        operation.into_value()
    }

    fn get(&self, ids: &mut Taken) -> Value {
        let target = self.context.target(self.relation);
        let row = model::whole_or_partial(self.context, target);
        let mut operation = self.operation(ids, "get", PolicyOperation::Read);
        operation.summary = format!("Get {} of one {}", self.field.name, self.model.name);
        operation.parameters = parameter::selection(self.context, target);
        operation.response = response::success("The row.", Some(&response::data(&row)));
        operation.into_value()
    }

    fn create(&self, ids: &mut Taken, body: &str) -> Value {
        let target = self.context.target(self.relation);
        let mut operation = self.operation(ids, "create", PolicyOperation::Create);
        operation.summary =
            format!("Create one of the {} of a {}, or several", self.field.name, self.model.name);
        operation.parameters = parameter::selection(self.context, target);
        // Rows that are left out could not be linked by a join table.
        let leaves_out = !matches!(self.relation.link, Link::Join(_));
        operation.parameters.extend(leaves_out.then(parameter::skip_duplicates));
        operation.parameters.push(parameter::idempotency_key());
        operation.body = Some(model::one_or_several(&reference(body)));
        operation.status = 201;
        operation.response = model::created(self.context, target);
        operation.errors.extend([409, 422]);
        operation.into_value()
    }
}
