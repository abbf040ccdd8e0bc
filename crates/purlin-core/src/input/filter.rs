//! Prisma's `where` in JSON to a typed filter.

use serde_json::{Map, Value as Json};

use super::names::{describe_unknown, exposed_field, filterable_field};
use super::value::element_from_json;
use super::{Problems, value_from_json};
use crate::operation::{JsonTest, Test, Where};
use crate::schema::{CompareOp, Field, FieldKind, Model, Quantifier, Scalar, Schema};
use crate::value::{Value, canonical};

/// Deeper filters are refused: each level costs a level of SQL.
const MAX_DEPTH: usize = 16;

/// `path` names the place in messages, such as `where`.
pub fn where_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Where {
    Reader { schema, problems }.filter(model, json, path, 0)
}

struct Reader<'a> {
    schema: &'a Schema,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn filter(&mut self, model: &Model, json: &Json, path: &str, depth: usize) -> Where {
        let Json::Object(members) = json else {
            self.problems.add(path, "must be an object");
            return Where::everything();
        };
        if depth > MAX_DEPTH {
            self.problems.add(path, format!("must not be nested deeper than {MAX_DEPTH}"));
            return Where::everything();
        }
        let mut parts = Vec::with_capacity(members.len());
        for (name, value) in members {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            match name.as_str() {
                "AND" => parts.push(Where::All(self.branches(model, value, path, depth))),
                "OR" => match value {
                    Json::Array(_) => parts.push(Where::Any(self.branches(model, value, path, depth))),
                    _ => self.problems.add(path, "must be a list"),
                },
                "NOT" => {
                    let none = self.branches(model, value, path, depth);
                    parts.extend(none.into_iter().map(|part| Where::Not(Box::new(part))));
                }
                _ => match exposed_field(model, name) {
                    None => self.problems.add(path, describe_unknown(model, name)),
                    Some(field) => self.field(model, field, value, path, depth, &mut parts),
                },
            }
        }
        Where::All(parts)
    }

    /// An object, or a list of objects.
    fn branches(&mut self, model: &Model, json: &Json, path: &str, depth: usize) -> Vec<Where> {
        match json {
            Json::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.filter(model, item, &format!("{path}.{index}"), depth + 1))
                .collect(),
            single => vec![self.filter(model, single, path, depth + 1)],
        }
    }

    fn field(
        &mut self,
        model: &Model,
        field: &Field,
        json: &Json,
        path: &str,
        depth: usize,
        parts: &mut Vec<Where>,
    ) {
        if field.relation().is_some() {
            self.relation(field, json, path, depth, parts);
            return;
        }
        match (&field.kind, json) {
            (FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_), Json::Object(members)) => {
                if let Some(test) = self.json_test(field, members, path) {
                    parts.extend(test.into_iter().map(|test| Where::Field { field: field.id, test }));
                }
            }
            (_, Json::Object(members)) => self.tests(model, field, members, path, depth, parts),
            _ => {
                if let Some(value) = self.value(field, json, path) {
                    parts.push(Where::Field { field: field.id, test: Test::Equals(value) });
                }
            }
        }
    }

    fn relation(&mut self, field: &Field, json: &Json, path: &str, depth: usize, parts: &mut Vec<Where>) {
        let Some(relation) = field.relation() else { return };
        let target = self.schema.model(relation.target);
        let related =
            |quantifier, filter| Where::Relation { field: field.id, quantifier, filter: Box::new(filter) };
        let Json::Object(members) = json else {
            if json.is_null() && !field.is_list() {
                parts.push(related(Quantifier::None, Where::everything()));
            } else {
                self.problems.add(path, "must be an object");
            }
            return;
        };
        let words: &[(&str, Quantifier)] = if field.is_list() {
            &[("some", Quantifier::Some), ("every", Quantifier::Every), ("none", Quantifier::None)]
        } else {
            &[("is", Quantifier::Some), ("isNot", Quantifier::None)]
        };
        let uses_words = members.keys().any(|key| words.iter().any(|(word, _)| word == key));
        if !uses_words && !field.is_list() {
            let filter = self.filter(target, json, path, depth + 1);
            parts.push(related(Quantifier::Some, filter));
            return;
        }
        for (key, value) in members {
            let path = &join(path, key);
            match words.iter().find(|(word, _)| word == key) {
                // `is: null` is the absence of a related row, `isNot: null` its presence.
                Some((_, quantifier)) if value.is_null() && !field.is_list() => {
                    let inverse = match quantifier {
                        Quantifier::Some => Quantifier::None,
                        _ => Quantifier::Some,
                    };
                    parts.push(related(inverse, Where::everything()));
                }
                Some((_, quantifier)) => {
                    let filter = self.filter(target, value, path, depth + 1);
                    parts.push(related(*quantifier, filter));
                }
                None => {
                    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                    self.problems.add(path, format!("unknown operator, use one of {}", known.join(", ")));
                }
            }
        }
    }

    fn tests(
        &mut self,
        model: &Model,
        field: &Field,
        members: &Map<String, Json>,
        path: &str,
        depth: usize,
        parts: &mut Vec<Where>,
    ) {
        let takes_mode = matches!(field.kind, FieldKind::Scalar(Scalar::String)) && !field.is_list();
        let ignore_case = takes_mode && self.ignores_case(members, path);
        for (operator, json) in members {
            let path = &join(path, operator);
            if takes_mode && operator == "mode" {
                continue;
            }
            if let Some(name) = referred(json) {
                if let Some(test) = self.column_test(model, field, operator, name, path) {
                    parts.push(Where::Field { field: field.id, test });
                }
                continue;
            }
            if operator == "not" && json.is_object() {
                if depth > MAX_DEPTH {
                    self.problems.add(path, format!("must not be nested deeper than {MAX_DEPTH}"));
                    continue;
                }
                let mut inner = Vec::new();
                self.field(model, field, json, path, depth + 1, &mut inner);
                // Like `not: value`, it does not match null.
                parts.push(Where::Field { field: field.id, test: Test::NotEquals(Value::Null) });
                parts.push(Where::Not(Box::new(Where::All(inner))));
                continue;
            }
            if let Some(test) = self.test(field, operator, json, ignore_case, path) {
                parts.push(Where::Field { field: field.id, test });
            }
        }
    }

    /// Another field of the same row: `{"lt": {"_ref": "other"}}`.
    fn column_test(
        &mut self,
        model: &Model,
        field: &Field,
        operator: &str,
        name: &str,
        path: &str,
    ) -> Option<Test> {
        let op = match operator {
            "equals" => CompareOp::Equal,
            "not" => CompareOp::NotEqual,
            "lt" => CompareOp::Less,
            "lte" => CompareOp::LessOrEqual,
            "gt" => CompareOp::Greater,
            "gte" => CompareOp::GreaterOrEqual,
            _ => {
                self.problems.add(path, "takes no field; equals, not, lt, lte, gt and gte do");
                return None;
            }
        };
        let Some(other) = filterable_field(model, name) else {
            self.problems.add(path, describe_unknown(model, name));
            return None;
        };
        let is_ordered = !matches!(field.kind, FieldKind::Scalar(Scalar::Boolean | Scalar::Bytes));
        let is_like = match (&field.kind, &other.kind) {
            (FieldKind::Scalar(own), FieldKind::Scalar(others)) => own == others,
            (FieldKind::Enum(own), FieldKind::Enum(others)) => own == others,
            _ => false,
        };
        let is_like = is_like && !other.is_list() && !field.is_list();
        if !is_like || !(is_ordered || matches!(op, CompareOp::Equal | CompareOp::NotEqual)) {
            self.problems.add(path, format!("\"{name}\" does not compare with \"{}\" so", field.name));
            return None;
        }
        Some(Test::Column { op, other: other.id })
    }

    fn ignores_case(&mut self, members: &Map<String, Json>, path: &str) -> bool {
        match members.get("mode").map(Json::as_str) {
            None | Some(Some("default")) => false,
            Some(Some("insensitive")) => true,
            Some(_) => {
                self.problems.add(&join(path, "mode"), "must be \"default\" or \"insensitive\"");
                false
            }
        }
    }

    fn test(
        &mut self,
        field: &Field,
        operator: &str,
        json: &Json,
        ignore_case: bool,
        path: &str,
    ) -> Option<Test> {
        if field.is_list() {
            return self.list_test(field, operator, json, path);
        }
        let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
        let is_ordered =
            !matches!(field.kind, FieldKind::Scalar(Scalar::Boolean | Scalar::Bytes | Scalar::Json));
        let test = match operator {
            "equals" if ignore_case && is_text => Test::EqualsIgnoreCase(self.value(field, json, path)?),
            "equals" => Test::Equals(self.value(field, json, path)?),
            "not" => Test::NotEquals(self.value(field, json, path)?),
            "in" => Test::In(self.values(field, json, path)?),
            "notIn" => Test::NotIn(self.values(field, json, path)?),
            "lt" if is_ordered => Test::Less(self.present(field, json, path)?),
            "lte" if is_ordered => Test::LessOrEqual(self.present(field, json, path)?),
            "gt" if is_ordered => Test::Greater(self.present(field, json, path)?),
            "gte" if is_ordered => Test::GreaterOrEqual(self.present(field, json, path)?),
            "contains" if is_text => Test::Contains { text: self.text(json, path)?, ignore_case },
            "startsWith" if is_text => Test::StartsWith { text: self.text(json, path)?, ignore_case },
            "endsWith" if is_text => Test::EndsWith { text: self.text(json, path)?, ignore_case },
            _ => {
                let known: &[&str] = if is_text {
                    &[
                        "equals",
                        "not",
                        "in",
                        "notIn",
                        "lt",
                        "lte",
                        "gt",
                        "gte",
                        "contains",
                        "startsWith",
                        "endsWith",
                    ]
                } else if is_ordered {
                    &["equals", "not", "in", "notIn", "lt", "lte", "gt", "gte"]
                } else {
                    &["equals", "not", "in", "notIn"]
                };
                self.unknown_operator(path, known);
                return None;
            }
        };
        Some(test)
    }

    fn list_test(&mut self, field: &Field, operator: &str, json: &Json, path: &str) -> Option<Test> {
        match operator {
            "equals" => Some(Test::Equals(self.value(field, json, path)?)),
            "has" => match element_from_json(self.schema, field, json) {
                Ok(value) => Some(Test::Has(value)),
                Err(message) => {
                    self.problems.add(path, message);
                    None
                }
            },
            "hasSome" => Some(Test::HasSome(self.values(field, json, path)?)),
            "hasEvery" => Some(Test::HasEvery(self.values(field, json, path)?)),
            "isEmpty" => {
                if let Json::Bool(wanted) = json {
                    Some(Test::IsEmpty(*wanted))
                } else {
                    self.problems.add(path, "must be true or false");
                    None
                }
            }
            _ => {
                self.unknown_operator(path, &["equals", "has", "hasSome", "hasEvery", "isEmpty"]);
                None
            }
        }
    }

    fn json_test(&mut self, field: &Field, members: &Map<String, Json>, path: &str) -> Option<Vec<Test>> {
        let keys = match members.get("path") {
            None => Vec::new(),
            Some(json) => json_path(json).or_else(|| {
                self.problems.add(&join(path, "path"), "must be a list of names or a text such as $.a.b");
                None
            })?,
        };
        let ignore_case = self.ignores_case(members, path);
        let mut tests = Vec::new();
        for (operator, json) in members {
            let path = &join(path, operator);
            if operator == "path" || operator == "mode" {
                continue;
            }
            let text = || json.as_str().map(str::to_owned);
            let value = || Value::Json(canonical(json));
            let test = match (operator.as_str(), keys.is_empty()) {
                ("equals", true) if json.is_null() => Some(Test::Equals(Value::Null)),
                ("not", true) if json.is_null() => Some(Test::NotEquals(Value::Null)),
                ("equals", _) => Some(json_at(&keys, JsonTest::Equals(value()))),
                ("not", _) => Some(json_at(&keys, JsonTest::NotEquals(value()))),
                ("lt", _) => Some(json_at(&keys, JsonTest::Less(value()))),
                ("lte", _) => Some(json_at(&keys, JsonTest::LessOrEqual(value()))),
                ("gt", _) => Some(json_at(&keys, JsonTest::Greater(value()))),
                ("gte", _) => Some(json_at(&keys, JsonTest::GreaterOrEqual(value()))),
                ("array_contains", _) => Some(json_at(&keys, JsonTest::ArrayContains(value()))),
                ("array_starts_with", _) => Some(json_at(&keys, JsonTest::ArrayStartsWith(value()))),
                ("array_ends_with", _) => Some(json_at(&keys, JsonTest::ArrayEndsWith(value()))),
                ("string_contains", _) => {
                    text().map(|text| json_at(&keys, JsonTest::StringContains { text, ignore_case }))
                }
                ("string_starts_with", _) => {
                    text().map(|text| json_at(&keys, JsonTest::StringStartsWith { text, ignore_case }))
                }
                ("string_ends_with", _) => {
                    text().map(|text| json_at(&keys, JsonTest::StringEndsWith { text, ignore_case }))
                }
                _ => {
                    self.unknown_operator(
                        path,
                        &[
                            "path",
                            "equals",
                            "not",
                            "lt",
                            "lte",
                            "gt",
                            "gte",
                            "array_contains",
                            "array_starts_with",
                            "array_ends_with",
                            "string_contains",
                            "string_starts_with",
                            "string_ends_with",
                        ],
                    );
                    continue;
                }
            };
            match test {
                Some(test) => tests.push(test),
                None => self.problems.add(path, "must be a string"),
            }
        }
        if tests.is_empty() {
            self.problems.add(path, format!("needs a test of {}", field.name));
        }
        Some(tests)
    }

    fn unknown_operator(&mut self, path: &str, known: &[&str]) {
        self.problems.add(path, format!("unknown operator, use one of {}", known.join(", ")));
    }

    fn value(&mut self, field: &Field, json: &Json, path: &str) -> Option<Value> {
        match value_from_json(self.schema, field, json) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.add(path, message);
                None
            }
        }
    }

    /// A value that must not be null.
    fn present(&mut self, field: &Field, json: &Json, path: &str) -> Option<Value> {
        if json.is_null() {
            self.problems.add(path, "must not be null");
            return None;
        }
        self.value(field, json, path)
    }

    fn values(&mut self, field: &Field, json: &Json, path: &str) -> Option<Vec<Value>> {
        let Json::Array(items) = json else {
            self.problems.add(path, "must be a list");
            return None;
        };
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match element_from_json(self.schema, field, item) {
                Ok(value) => values.push(value),
                Err(message) => self.problems.add(&format!("{path}.{index}"), message),
            }
        }
        Some(values)
    }

    fn text(&mut self, json: &Json, path: &str) -> Option<String> {
        match json {
            Json::String(text) if !text.contains('\0') => Some(text.clone()),
            _ => {
                self.problems.add(path, "must be a string");
                None
            }
        }
    }
}

/// The field that `{"_ref": "name"}` names.
fn referred(json: &Json) -> Option<&str> {
    let members = json.as_object().filter(|members| members.len() == 1)?;
    members.get("_ref")?.as_str()
}

fn json_at(keys: &[String], test: JsonTest) -> Test {
    Test::Json { path: keys.to_vec(), test }
}

/// `["a", "b"]` or `$.a.b`.
fn json_path(json: &Json) -> Option<Vec<String>> {
    match json {
        Json::Array(keys) => keys.iter().map(|key| key.as_str().map(str::to_owned)).collect(),
        Json::String(text) => {
            let text = text.strip_prefix("$.").or_else(|| (text == "$").then_some(""))?;
            Some(text.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect())
        }
        _ => None,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
