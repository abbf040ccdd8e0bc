//! Conditions on groups: Prisma's `having`, and the tests that the short form shares with it.

use serde_json::Value as Json;

use super::Problems;
use super::aggregate::{key, measure};
use super::names::{describe_unknown, filterable_field};
use super::query::join;
use super::value::{element_from_json, scalar_from_json, scalar_from_text, value_from_text};
use crate::operation::{Function, Having, Measure, MeasureType, Subject};
use crate::schema::{CompareOp, Field, FieldId, Model, Scalar, Schema};
use crate::value::Value;

const MAX_DEPTH: usize = 16;
/// Each is a part of the statement.
const MAX_TESTS: usize = 200;

const OPERATORS: &str = "equals, not, in, notIn, lt, lte, gt or gte";

/// `having` as an object.
pub fn having_from_json(
    schema: &Schema,
    model: &Model,
    by: &[FieldId],
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Having {
    let having = Reader { schema, model, by, problems }.group(json, path, 0);
    check_having(&having, path, problems);
    having
}

/// Whether the conditions are not too many.
pub fn check_having(having: &Having, path: &str, problems: &mut Problems) {
    if weight(having) > MAX_TESTS {
        problems.add(path, format!("has at most {MAX_TESTS} tests"));
    }
}

fn weight(having: &Having) -> usize {
    match having {
        Having::All(parts) | Having::Any(parts) => parts.iter().map(weight).sum(),
        Having::Not(inner) => weight(inner),
        Having::IsNull(_) | Having::Compare { .. } => 1,
    }
}

struct Reader<'a> {
    schema: &'a Schema,
    model: &'a Model,
    by: &'a [FieldId],
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn group(&mut self, json: &Json, path: &str, depth: usize) -> Having {
        let Json::Object(members) = json else {
            self.problems.add(path, "must be an object");
            return Having::everything();
        };
        if depth > MAX_DEPTH {
            self.problems.add(path, format!("must not be nested deeper than {MAX_DEPTH}"));
            return Having::everything();
        }
        let mut parts = Vec::with_capacity(members.len());
        for (name, value) in members {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            match name.as_str() {
                "AND" => parts.push(Having::All(self.branches(value, path, depth))),
                "OR" if value.is_array() => parts.push(Having::Any(self.branches(value, path, depth))),
                "OR" => self.problems.add(path, "must be a list"),
                "NOT" => {
                    let none = self.branches(value, path, depth);
                    parts.extend(none.into_iter().map(|part| Having::Not(Box::new(part))));
                }
                _ => match Function::named(name) {
                    Some(function) => self.measures(function, value, path, depth, &mut parts),
                    None => self.field(name, value, path, depth, &mut parts),
                },
            }
        }
        Having::All(parts)
    }

    fn branches(&mut self, json: &Json, path: &str, depth: usize) -> Vec<Having> {
        let items = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
        items.iter().map(|item| self.group(item, path, depth + 1)).collect()
    }

    /// `{"_sum": {"amount": {"gt": 10}}}`; the number of rows is `{"_count": {"gt": 2}}` or below `_all`.
    fn measures(
        &mut self,
        function: Function,
        json: &Json,
        path: &str,
        depth: usize,
        parts: &mut Vec<Having>,
    ) {
        let of_fields = json.as_object().filter(|members| {
            members.keys().any(|name| name == "_all" || filterable_field(self.model, name).is_some())
        });
        match (of_fields, function) {
            (Some(fields), _) => {
                for (name, value) in fields {
                    let path = &join(path, name);
                    match measure(self.model, function, name) {
                        Ok(measure) => self.tests(Subject::Measure(measure), value, path, depth, parts),
                        Err(message) => self.problems.add(path, message),
                    }
                }
            }
            (None, Function::Count) => self.tests(Subject::Measure(Measure::ROWS), json, path, depth, parts),
            (None, _) => self.problems.add(path, "must name a field, such as {\"amount\": {\"gt\": 10}}"),
        }
    }

    /// `{"amount": {"_sum": {"gt": 10}}}`, `{"role": "admin"}`.
    fn field(&mut self, name: &str, json: &Json, path: &str, depth: usize, parts: &mut Vec<Having>) {
        if filterable_field(self.model, name).is_none() {
            self.problems.add(path, describe_unknown(self.model, name));
            return;
        }
        let Json::Object(members) = json else {
            match key(self.model, self.by, name) {
                Ok(subject) => self.tests(subject, json, path, depth, parts),
                Err(message) => self.problems.add(path, message),
            }
            return;
        };
        for (word, value) in members {
            let path = &join(path, word);
            if let Some(function) = Function::named(word) {
                match measure(self.model, function, name) {
                    Ok(measure) => self.tests(Subject::Measure(measure), value, path, depth, parts),
                    Err(message) => self.problems.add(path, message),
                }
                continue;
            }
            match key(self.model, self.by, name) {
                Ok(subject) => self.test(subject, word, value, path, depth, parts),
                Err(message) => self.problems.add(path, message),
            }
        }
    }

    /// A value, or an object of operators.
    fn tests(&mut self, subject: Subject, json: &Json, path: &str, depth: usize, parts: &mut Vec<Having>) {
        let Json::Object(members) = json else {
            return self.test(subject, "equals", json, path, depth, parts);
        };
        for (operator, value) in members {
            self.test(subject, operator, value, &join(path, operator), depth, parts);
        }
    }

    fn test(
        &mut self,
        subject: Subject,
        operator: &str,
        json: &Json,
        path: &str,
        depth: usize,
        parts: &mut Vec<Having>,
    ) {
        if operator == "not" && json.is_object() {
            if depth > MAX_DEPTH {
                self.problems.add(path, format!("must not be nested deeper than {MAX_DEPTH}"));
                return;
            }
            let mut inner = Vec::new();
            self.tests(subject, json, path, depth + 1, &mut inner);
            // Like `not: value`, it does not match null.
            parts.push(Having::Not(Box::new(Having::IsNull(subject))));
            parts.push(Having::Not(Box::new(Having::All(inner))));
            return;
        }
        match group_test(self.schema, self.model, subject, operator, Given::Json(json)) {
            Ok(having) => parts.push(having),
            Err(message) => self.problems.add(path, message),
        }
    }
}

/// A value as it was written.
#[derive(Clone, Copy, Debug)]
pub enum Given<'g> {
    Json(&'g Json),
    /// Of a URL; lists by commas, or as a JSON array.
    Text(&'g str),
}

/// One test of a group.
pub fn group_test(
    schema: &Schema,
    model: &Model,
    subject: Subject,
    operator: &str,
    given: Given<'_>,
) -> Result<Having, String> {
    let typed = Typed::of(schema, model, subject);
    let compare = |op, value| Having::Compare { subject, op, value };
    let present = || match typed.value(given)? {
        Value::Null => Err("must not be null".to_owned()),
        value => Ok(value),
    };
    let any_of = || -> Result<Having, String> {
        let values = typed.values(given)?.into_iter().filter(|value| !value.is_null());
        Ok(Having::Any(values.map(|value| compare(CompareOp::Equal, value)).collect()))
    };
    let is_present = || Having::Not(Box::new(Having::IsNull(subject)));
    Ok(match operator {
        "equals" => match typed.value(given)? {
            Value::Null => Having::IsNull(subject),
            value => compare(CompareOp::Equal, value),
        },
        "not" => match typed.value(given)? {
            Value::Null => is_present(),
            value => compare(CompareOp::NotEqual, value),
        },
        "in" => any_of()?,
        "notIn" => Having::All(vec![is_present(), Having::Not(Box::new(any_of()?))]),
        "lt" if typed.is_ordered() => compare(CompareOp::Less, present()?),
        "lte" if typed.is_ordered() => compare(CompareOp::LessOrEqual, present()?),
        "gt" if typed.is_ordered() => compare(CompareOp::Greater, present()?),
        "gte" if typed.is_ordered() => compare(CompareOp::GreaterOrEqual, present()?),
        _ => return Err(format!("unknown operator, use one of {OPERATORS}")),
    })
}

/// What the values of a subject are.
enum Typed<'s> {
    Scalar(Scalar),
    Field(&'s Schema, &'s Field),
}

impl<'s> Typed<'s> {
    fn of(schema: &'s Schema, model: &'s Model, subject: Subject) -> Self {
        let (measure_type, field) = match subject {
            Subject::Key(field) => (MeasureType::OfField, Some(model.field(field))),
            Subject::Measure(Measure { function, field }) => {
                let field = field.map(|field| model.field(field));
                (function.result(field), field)
            }
        };
        match (measure_type, field) {
            (MeasureType::OfField, Some(field)) => Self::Field(schema, field),
            (MeasureType::Int, _) | (MeasureType::OfField, None) => Self::Scalar(Scalar::BigInt),
            (MeasureType::Float, _) => Self::Scalar(Scalar::Float),
            (MeasureType::Whole | MeasureType::Decimal, _) => Self::Scalar(Scalar::Decimal),
        }
    }

    fn is_ordered(&self) -> bool {
        match self {
            Self::Scalar(_) => true,
            Self::Field(_, field) => !matches!(field.kind, crate::schema::FieldKind::Scalar(Scalar::Boolean)),
        }
    }

    fn value(&self, given: Given<'_>) -> Result<Value, String> {
        match given {
            Given::Json(Json::Null) | Given::Text("null") => Ok(Value::Null),
            Given::Json(json) => match self {
                Self::Scalar(scalar) => scalar_from_json(*scalar, json),
                Self::Field(schema, field) => element_from_json(schema, field, json),
            },
            Given::Text(text) => match self {
                Self::Scalar(scalar) => scalar_from_text(*scalar, text),
                Self::Field(schema, field) => value_from_text(schema, field, text),
            },
        }
    }

    fn values(&self, given: Given<'_>) -> Result<Vec<Value>, String> {
        let of_items = |items: &[Json]| -> Result<Vec<Value>, String> {
            items.iter().map(|item| self.value(Given::Json(item))).collect()
        };
        match given {
            Given::Json(Json::Array(items)) => of_items(items),
            Given::Json(_) => Err("must be a list".to_owned()),
            Given::Text(text) if text.starts_with('[') => match serde_json::from_str::<Vec<Json>>(text) {
                Ok(items) => of_items(&items),
                Err(_) => Err("a list that begins with [ must be a JSON array".to_owned()),
            },
            Given::Text(text) => text.split(',').map(|part| self.value(Given::Text(part))).collect(),
        }
    }
}
