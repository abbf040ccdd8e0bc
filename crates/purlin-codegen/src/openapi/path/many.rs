//! Writes of many rows at once: by a filter, and several operations in one transaction.

use purlin_schema::model::{Model, PolicyOperation};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{parameter, response};
use crate::openapi::access::Access;
use crate::openapi::context::Context;
use crate::openapi::names::{Part, Taken, pascal};
use crate::openapi::value::described;

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
            response: response::success("How many there were.", Some(&response::data(&count()))),
            errors: vec![409, 422],
            access: context.access(model, rule),
        };
        operation.into_value()
    };
    let update = call("update", PolicyOperation::Update, Some(context.part(model, Part::Update)));
    let delete = call("delete", PolicyOperation::Delete, None);
    [("patch".to_owned(), update), ("delete".to_owned(), delete)]
}

/// `POST /batch`. Data is that of the calls of each model, in which any value may be `{"$ref": "name.field"}`.
pub(super) fn batch(context: Context<'_>, ids: &mut Taken) -> Map<String, Value> {
    let names: Vec<&str> =
        context.models().filter(|model| !model.is_view).map(|model| model.name.as_str()).collect();
    let mut paths = Map::new();
    if names.is_empty() {
        return paths;
    }
    let free = |text: &str| described(json!({ "type": "object" }), Some(text));
    let operation = |op: &str, members: &[(&str, Value)], required: &[&str]| {
        let mut properties = Map::new();
        properties.insert("op".to_owned(), json!({ "const": op }));
        properties.insert("model".to_owned(), json!({ "type": "string", "enum": names }));
        properties.extend(members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())));
        let required: Vec<&str> = ["op", "model"].iter().chain(required).copied().collect();
        json!({
            "type": "object", "additionalProperties": false, "properties": properties, "required": required,
        })
    };
    let data = || free("As a body of the model; any value may be `{\"$ref\": \"name.field\"}`.");
    let key = || free("A unique key.");
    let filter = || free("A filter; `{}` means all.");
    let selection = [("select", free("")), ("include", free("")), ("omit", free(""))];
    let name = ("as", json!({ "type": "string", "minLength": 1 }));
    let with = |members: &[(&'static str, Value)]| -> Vec<(&'static str, Value)> {
        members.iter().cloned().chain(selection.clone()).collect()
    };
    let rows = json!({ "type": "array", "items": data(), "minItems": 1 });
    let flag = json!({ "type": "boolean" });
    let forms = [
        operation("create", &with(&[("data", data()), name.clone()]), &["data"]),
        operation("createMany", &[("data", rows), ("skipDuplicates", flag)], &["data"]),
        operation("update", &with(&[("where", key()), ("data", data())]), &["where", "data"]),
        operation("updateMany", &[("where", filter()), ("data", data())], &["where", "data"]),
        operation(
            "upsert",
            &with(&[("where", key()), ("create", data()), ("update", data()), name]),
            &["where", "create", "update"],
        ),
        operation("delete", &[("where", key())], &["where"]),
        operation("deleteMany", &[("where", filter())], &["where"]),
    ];
    let body = json!({
        "type": "object", "additionalProperties": false, "required": ["operations"],
        "properties": { "operations": {
            "type": "array", "minItems": 1, "maxItems": MOST_OPERATIONS, "items": { "anyOf": forms },
        } },
    });
    let result = json!({ "anyOf": [{ "type": "object" }, { "type": "null" }] });
    let answer = response::data(&json!({ "type": "array", "items": result }));
    let call = Operation {
        id: ids.give("batch"),
        tag: TAG.to_owned(),
        summary: "Several writes in one transaction".to_owned(),
        description: "Answers for each the row, `{\"count\": n}`, or null for a delete. A row that is called `as` \
            something lends its fields to later operations.",
        parameters: vec![parameter::idempotency_key()],
        body: Some(body),
        status: 200,
        response: response::success("What each operation answers.", Some(&answer)),
        errors: vec![404, 409, 422],
        access: Access::Anyone,
    };
    paths.insert(context.options.path("batch"), json!({ "post": call.into_value() }));
    paths
}
