//! The calls that measure the rows of a model: count, aggregate.

use purlin_schema::model::{Model, PolicyOperation};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{parameter, response};
use crate::openapi::context::Context;
use crate::openapi::names::{PAGE_META, Part, Taken, pascal};
use crate::openapi::value::reference;

pub(super) fn paths(context: Context<'_>, model: &Model, ids: &mut Taken) -> Map<String, Value> {
    let calls = Calls { context, model };
    let mut paths = Map::new();
    let path = |name: &str| context.options.path(&format!("{}/{name}", model.path));
    paths.insert(path("count"), json!({ "get": calls.count(ids) }));
    paths.insert(path("aggregate"), json!({ "get": calls.by_parameters(ids), "post": calls.by_body(ids) }));
    paths
}

struct Calls<'a> {
    context: Context<'a>,
    model: &'a Model,
}

impl Calls<'_> {
    fn operation(&self, ids: &mut Taken, verb: &str, summary: String, answer: &Value) -> Operation {
        Operation {
            id: ids.give(&format!("{verb}{}", pascal(&self.model.path))),
            tag: self.model.name.clone(),
            summary,
            description: "",
            parameters: Vec::new(),
            body: None,
            status: 200,
            response: response::success("What was measured.", Some(answer)),
            errors: Vec::new(),
            access: self.context.access(self.model, PolicyOperation::Read),
        }
    }

    fn count(&self, ids: &mut Taken) -> Value {
        let number = json!({
            "type": "object", "additionalProperties": false, "required": ["count"],
            "properties": { "count": { "type": "integer", "minimum": 0 } },
        });
        let summary = format!("Count {}", self.model.path);
        let mut operation = self.operation(ids, "count", summary, &response::data(&number));
        operation.description = "Counts the rows that the actor may read. Takes the filters of the list.";
        operation.parameters = parameter::filter(self.context, self.model);
        operation.into_value()
    }

    fn by_parameters(&self, ids: &mut Taken) -> Value {
        let summary = format!("Measure {}", self.model.path);
        let mut operation = self.operation(ids, "aggregate", summary, &self.answer());
        operation.description = "Measures the rows that the actor may read, all together or, with `groupBy`, in \
            groups. Takes the filters of the list; conditions on groups may also be written \
            `having[_sum.field][gt]=`.";
        operation.parameters = parameter::aggregate(self.context, self.model);
        operation.into_value()
    }

    fn by_body(&self, ids: &mut Taken) -> Value {
        let summary = format!("Measure {} by a body", self.model.path);
        let mut operation = self.operation(ids, "aggregateBy", summary, &self.answer());
        operation.description = "The same as a body; with `by` in groups.";
        operation.body = Some(self.context.part(self.model, Part::AggregateQuery));
        operation.into_value()
    }

    /// One object, or the groups of a page.
    fn answer(&self) -> Value {
        let measures = self.context.part(self.model, Part::Aggregate);
        let meta = reference(self.context.names.shared(PAGE_META));
        json!({ "anyOf": [
            response::data(&measures),
            {
                "type": "object", "additionalProperties": false, "required": ["data", "meta"],
                "properties": { "data": { "type": "array", "items": measures }, "meta": meta },
            },
        ] })
    }
}
