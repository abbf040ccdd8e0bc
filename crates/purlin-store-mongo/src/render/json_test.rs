//! Tests inside Json documents. Values of different types are never equal and never ordered.
//!
//! What a path leads to is kept as a list of one value or none, because that tells null from nothing in
//! every expression.

use mongodb::bson::{Bson, doc};
use purlin_core::schema::CompareOp;
use purlin_core::statement::{JsonOp, ListEnd, Operand};
use purlin_core::value::Value;

use super::expression::operator;
use super::renderer::{Frame, Renderer, literal, present};
use super::text::{Place, known_text};
use crate::value::encode;

const NUMBERS: [&str; 4] = ["int", "long", "double", "decimal"];

impl Renderer<'_> {
    pub(super) fn json_test(
        &mut self,
        value: &Operand,
        path: &[String],
        op: JsonOp,
        argument: &Operand,
        frame: &mut Frame,
    ) -> Bson {
        let known = self.known(argument);
        let value = self.operand(value, None, frame);
        let start = doc! { "$cond": [present(&value), [value], []] };
        let found = path.iter().fold(Bson::from(start), |found, segment| step(&found, segment));
        let Some(argument) = known else { return Bson::Boolean(false) };
        let test = match op {
            JsonOp::Text { op, ignore_case } => {
                known_text(&"$$found".into(), text_of(argument).as_deref(), Place::of(op), ignore_case)
            }
            JsonOp::Compare(op) => compare(op, "$$found", &encode(argument, None)),
            JsonOp::ArrayContains => among("$$found".into(), argument),
            JsonOp::ArrayEnd(ListEnd::First) => among(doc! { "$slice": ["$$found", 1] }.into(), argument),
            JsonOp::ArrayEnd(ListEnd::Last) => among(doc! { "$slice": ["$$found", -1] }.into(), argument),
        };
        doc! { "$anyElementTrue": [{ "$map": { "input": found, "as": "found", "in": test } }] }.into()
    }
}

/// What was found is a list, and one of these elements of it is the argument.
fn among(elements: Bson, argument: &Value) -> Bson {
    let test = compare(CompareOp::Equal, "$$item", &encode(argument, None));
    let items = doc! { "$map": { "input": elements, "as": "item", "in": test } };
    doc! { "$cond": [{ "$isArray": ["$$found"] }, { "$anyElementTrue": [items] }, false] }.into()
}

/// One segment further: a member of an object, or a position in an array.
fn step(found: &Bson, segment: &str) -> Bson {
    let is_member = doc! { "$eq": ["$$member.k", { "$literal": segment }] };
    let members = doc! { "$filter": {
        "input": { "$objectToArray": "$$this" }, "as": "member", "cond": is_member,
    } };
    let member = doc! { "$map": { "input": members, "as": "member", "in": "$$member.v" } };
    let item: Bson = match segment.parse::<i32>() {
        Ok(position) if segment.bytes().all(|byte| byte.is_ascii_digit()) => {
            doc! { "$slice": ["$$this", position, 1] }.into()
        }
        _ => Bson::Array(Vec::new()),
    };
    let next = doc! { "$switch": {
        "branches": [
            { "case": { "$eq": [{ "$type": "$$this" }, "object"] }, "then": member },
            { "case": { "$isArray": ["$$this"] }, "then": item },
        ],
        "default": [],
    } };
    doc! { "$reduce": { "input": found.clone(), "initialValue": [], "in": next } }.into()
}

fn compare(op: CompareOp, found: &str, argument: &Bson) -> Bson {
    let types: Vec<&str> = match argument {
        Bson::Null if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) => return Bson::Boolean(false),
        Bson::Null => vec!["null"],
        Bson::Boolean(_) => vec!["bool"],
        Bson::String(_) => vec!["string"],
        Bson::Array(_) => vec!["array"],
        Bson::Document(_) => vec!["object"],
        _ => NUMBERS.to_vec(),
    };
    let is_same_type = doc! { "$in": [{ "$type": found }, types] };
    doc! { "$and": [is_same_type, { operator(op): [found, literal(argument.clone())] }] }.into()
}

fn text_of(argument: &Value) -> Option<String> {
    match argument {
        Value::Json(text) => match serde_json::from_str(text) {
            Ok(serde_json::Value::String(text)) => Some(text),
            _ => None,
        },
        other => other.as_str().map(str::to_owned),
    }
}
