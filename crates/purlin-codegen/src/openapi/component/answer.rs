//! Rows as they are answered: exact and closed, so that a field that must not appear is a
//! contradiction and not a surprise.

use purlin_schema::model::{Field, Model, Relation};
use serde_json::{Map, Value, json};

use crate::openapi::access::has_read_rule;
use crate::openapi::context::{Context, columns};
use crate::openapi::names::Part;
use crate::openapi::value::{Form, described, nullable, object, value};

/// A whole row. Relations are there when they are included.
pub(super) fn row(context: Context<'_>, model: &Model) -> Value {
    let required = columns(model).map(|field| json!(field.name)).collect();
    let schema = object(properties(context, model, Part::Row), required);
    described(Value::Object(schema), model.docs.as_deref())
}

/// A row of which the request chose a part.
pub(super) fn partial(context: Context<'_>, model: &Model) -> Value {
    let schema = object(properties(context, model, Part::Partial), Vec::new());
    described(Value::Object(schema), Some(&format!("The chosen part of a {}.", model.name)))
}

fn properties(context: Context<'_>, model: &Model, nested: Part) -> Map<String, Value> {
    let mut properties: Map<String, Value> =
        columns(model).map(|field| (field.name.clone(), column(context, field))).collect();
    let mut counts = Map::new();
    for (field, relation) in context.relations(model) {
        properties.insert(field.name.clone(), related(context, model, field, relation, nested));
        if field.is_list() {
            counts.insert(field.name.clone(), json!({ "type": "integer", "minimum": 0 }));
        }
    }
    if !counts.is_empty() && !properties.contains_key("_count") {
        properties.insert("_count".to_owned(), Value::Object(object(counts, Vec::new())));
    }
    properties
}

/// Null where the schema or a read rule may make it so.
fn column(context: Context<'_>, field: &Field) -> Value {
    let schema = value(context.schema, context.names, field, Form::Answer);
    let hides = has_read_rule(field);
    let may_be_null = hides || !(field.is_required() || field.is_list());
    let schema = if may_be_null { nullable(schema) } else { schema };
    let note = hides.then(|| "Null for those who may not read it.".to_owned());
    let words: Vec<String> = field.docs.clone().into_iter().chain(note).collect();
    described(schema, Some(&words.join("\n\n")))
}

fn related(context: Context<'_>, model: &Model, field: &Field, relation: &Relation, nested: Part) -> Value {
    let target = context.target(relation);
    let one = context.part(target, nested);
    let schema = if field.is_list() {
        json!({ "type": "array", "items": one })
    } else if is_always_there(context, model, field, relation) {
        one
    } else {
        nullable(one)
    };
    described(schema, field.docs.as_deref())
}

/// Whether a to-one relation always answers a row: it is required, its key is shown to everyone, and
/// so is the row it points to.
pub(in crate::openapi) fn is_always_there(
    context: Context<'_>,
    model: &Model,
    field: &Field,
    relation: &Relation,
) -> bool {
    field.is_required()
        && relation.is_owning()
        && relation.pairs().all(|(own, _)| !has_read_rule(model.field(own)))
        && context.is_always_readable(context.target(relation))
}
