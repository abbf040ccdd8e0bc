//! Writes of many rows at once: by a filter, and several operations in one transaction.

use purlin_schema::model::{Model, PolicyOperation};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{parameter, response};
use crate::openapi::access::Access;
use crate::openapi::component::BATCH_OPERATION;
use crate::openapi::context::Context;
use crate::openapi::names::{Part, Taken, pascal};
use crate::openapi::value::reference;

pub(in crate::openapi) const TAG: &str = "Batch";
const MOST_OPERATIONS: usize = 100;

/// `{"count": n}`.
pub(super) fn count() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["count"],
        "properties": { "count": { "type": "integer", "minimum": 0 } },
    })
}

/// PATCH and DELETE of a collection.
pub(super) fn calls(context: Context<'_>, model: &Model, ids: &mut Taken) -> [(String, Value); 2] {
    let mut call = |verb: &str, rule: PolicyOperation, body: Option<Value>| {
        let plural = model.path.clone();
        let operation = Operation {
            id: ids.give(&format!("{verb}Many{}", pascal(&plural))),
            tag: model.name.clone(),
            summary: format!("{} many {plural}", if body.is_some() { "Change" } else { "Delete" }),
            description: "Those of the filter that the actor sees and may write. Takes the filters of the list; \
                without any it is refused, and `where={}` means all.",
            parameters: [parameter::filter(context, model), vec![parameter::idempotency_key()]].concat(),
            body,
            status: 200,
            response: response::written("How many there were.", Some(&response::data(&count()))),
            errors: vec![409, 422],
            access: context.access(model, rule),
        };
        operation.into_value()
    };
    let update = call("update", PolicyOperation::Update, Some(context.part(model, Part::UpdateMany)));
    let delete = call("delete", PolicyOperation::Delete, None);
    [("patch".to_owned(), update), ("delete".to_owned(), delete)]
}

/// `POST /batch`.
pub(super) fn batch(context: Context<'_>, ids: &mut Taken) -> Map<String, Value> {
    let mut paths = Map::new();
    if !context.has_batch() {
        return paths;
    }
    let operation = reference(context.names.shared(BATCH_OPERATION));
    let body = json!({
        "type": "object", "additionalProperties": false, "required": ["operations"],
        "properties": { "operations": {
            "type": "array", "minItems": 1, "maxItems": MOST_OPERATIONS, "items": operation,
        } },
    });
    let result = json!({ "anyOf": [{ "type": "object" }, { "type": "null" }] });
    let answer = response::data(&json!({ "type": "array", "items": result }));
    let call = Operation {
        id: ids.give("batch"),
        tag: context.tag(TAG),
        summary: "Several writes in one transaction".to_owned(),
        description: "Answers for each the row, `{\"count\": n}`, or null for a delete. A row that is called `as` \
            something lends its fields to later operations.",
        parameters: vec![parameter::idempotency_key()],
        body: Some(body),
        status: 200,
        response: response::written("What each operation answers.", Some(&answer)),
        errors: vec![404, 409, 422],
        access: Access::Anyone,
    };
    paths.insert(context.options.path("batch"), json!({ "post": call.into_value() }));
    paths
}
