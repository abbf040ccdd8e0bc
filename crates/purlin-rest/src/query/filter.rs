//! Filters of the query string to a typed `Where`: `role=admin`, `age[gte]=18`,
//! `author.team=core`, `or[0][a]=1`. Means what the same filter means as JSON.

use purlin_core::input::{Problems, describe_unknown, exposed_field, value_from_json, value_from_text};
use purlin_core::operation::{Test, Where};
use purlin_core::schema::{Field, FieldKind, Model, Quantifier, Relation, Scalar, Schema};
use purlin_core::value::Value;
use serde_json::Value as Json;

use super::document;
use super::tree::{Node, Place, Step};

pub(super) struct FilterReader<'a> {
    pub(super) schema: &'a Schema,
    pub(super) problems: &'a mut Problems,
}

/// What a filter may combine other filters with.
pub(super) fn is_combinator(name: &str) -> bool {
    matches!(name, "or" | "and" | "not")
}

impl FilterReader<'_> {
    /// All children of a node: fields of `model`, or combinations of them.
    fn all(&mut self, model: &Model, node: &Node<'_>, place: &Place<'_>) -> Where {
        if node.value.is_some() || node.children.is_empty() {
            self.problem(place, "needs a field, such as or[0][title]=text");
        }
        let members: Vec<_> = node.children.iter().map(|(step, child)| (step, child)).collect();
        self.members(model, &members, place)
    }

    fn members(&mut self, model: &Model, members: &[(&Step<'_>, &Node<'_>)], place: &Place<'_>) -> Where {
        let mut parts = Vec::with_capacity(members.len());
        for (step, child) in members {
            let place = Place { outer: Some(place), step };
            if is_combinator(&step.name) && !is_operated(model, &step.name, child) {
                parts.extend(self.combination(model, child, &place));
            } else if let Some(field) = exposed_field(model, &step.name) {
                self.field(field, child, &place, &mut parts);
            } else {
                self.problem(&place, describe_unknown(model, &step.name));
            }
        }
        Where::All(parts)
    }

    /// `or[0][…]`, `and[0][…]`, `not[…]` or `not[0][…]`.
    pub(super) fn combination(&mut self, model: &Model, node: &Node<'_>, place: &Place<'_>) -> Option<Where> {
        let word = place.step.name.as_ref();
        let is_numbered = !node.children.is_empty() && node.children.iter().all(|(step, _)| is_number(step));
        if node.value.is_none() && is_numbered {
            let mut branches = Vec::with_capacity(node.children.len());
            for (step, child) in &node.children {
                branches.push(self.all(model, child, &Place { outer: Some(place), step }));
            }
            return Some(match word {
                "or" => Where::Any(branches),
                "and" => Where::All(branches),
                _ => Where::All(branches.into_iter().map(|part| Where::Not(Box::new(part))).collect()),
            });
        }
        if word == "not" && node.value.is_none() {
            return Some(Where::Not(Box::new(self.all(model, node, place))));
        }
        self.problem(place, format!("takes numbered filters, such as {word}[0][field]=value"));
        None
    }

    /// One field's tests, its own value among them.
    pub(super) fn field(
        &mut self,
        field: &Field,
        node: &Node<'_>,
        place: &Place<'_>,
        parts: &mut Vec<Where>,
    ) {
        if let Some(relation) = field.relation() {
            self.relation(field, relation, node, place, parts);
            return;
        }
        let mut add = |test| parts.push(Where::Field { field: field.id, test });
        if matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_)) && !field.is_list()
        {
            document::tests(self.problems, node, place, &mut add);
            return;
        }
        if let Some(text) = &node.value
            && let Some(value) = self.equal_value(field, text, place)
        {
            add(Test::Equals(value));
        }
        for (step, child) in &node.children {
            let place = Place { outer: Some(place), step };
            let Some(text) = child.value.as_ref().filter(|_| step.is_bracket && child.children.is_empty())
            else {
                self.problem(
                    &place,
                    format!("{} is not a relation: write {}[operator]=value", field.name, field.name),
                );
                continue;
            };
            if let Some(test) = self.test(field, &step.name, text, &place) {
                add(test);
            }
        }
    }

    fn relation(
        &mut self,
        field: &Field,
        relation: &Relation,
        node: &Node<'_>,
        place: &Place<'_>,
        parts: &mut Vec<Where>,
    ) {
        let target = self.schema.model(relation.target);
        if target.is_ignored {
            self.problem(place, "leads to a model that is not served");
            return;
        }
        let related =
            |quantifier, filter| Where::Relation { field: field.id, quantifier, filter: Box::new(filter) };
        if let Some(text) = &node.value {
            match text.as_ref() {
                "null" if !field.is_list() => parts.push(related(Quantifier::None, Where::everything())),
                _ => self.problem(
                    place,
                    format!("is a relation: filter by one of its fields, such as {place}.id=…"),
                ),
            }
        }
        let mut own = Vec::new();
        for (step, child) in &node.children {
            let quantifier = match (step.name.as_ref(), field.is_list()) {
                ("some", true) | ("is", false) => Quantifier::Some,
                ("none", true) | ("isNot", false) => Quantifier::None,
                ("every", true) => Quantifier::Every,
                (_, true) => {
                    let place = Place { outer: Some(place), step };
                    self.problem(
                        &place,
                        "a to-many relation takes some, every or none, such as posts[some][title]=x",
                    );
                    continue;
                }
                (_, false) => {
                    own.push((step, child));
                    continue;
                }
            };
            let filter = self.all(target, child, &Place { outer: Some(place), step });
            parts.push(related(quantifier, filter));
        }
        if !own.is_empty() {
            let filter = self.members(target, &own, place);
            parts.push(related(Quantifier::Some, filter));
        }
    }

    /// The value of `field=`: for a list field the whole list.
    fn equal_value(&mut self, field: &Field, text: &str, place: &Place<'_>) -> Option<Value> {
        if field.is_list() && text != "null" {
            return self.values(field, text, place).map(Value::List);
        }
        self.value(field, text, place)
    }

    fn test(&mut self, field: &Field, written: &str, text: &str, place: &Place<'_>) -> Option<Test> {
        if field.is_list() {
            return self.list_test(field, written, text, place);
        }
        let (operator, ignore_case) = match written.strip_suffix(":i") {
            Some(operator) => (operator, true),
            None => (written, false),
        };
        let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
        let is_ordered =
            !matches!(field.kind, FieldKind::Scalar(Scalar::Boolean | Scalar::Bytes | Scalar::Json));
        Some(match (operator, ignore_case) {
            ("equals", true) if is_text => Test::EqualsIgnoreCase(self.present(field, text, place)?),
            ("contains", _) if is_text => {
                Test::Contains { text: self.text(field, text, place)?, ignore_case }
            }
            ("startsWith", _) if is_text => {
                Test::StartsWith { text: self.text(field, text, place)?, ignore_case }
            }
            ("endsWith", _) if is_text => {
                Test::EndsWith { text: self.text(field, text, place)?, ignore_case }
            }
            ("equals", false) => Test::Equals(self.value(field, text, place)?),
            ("not", false) => Test::NotEquals(self.value(field, text, place)?),
            ("in", false) => Test::In(self.values(field, text, place)?),
            ("notIn", false) => Test::NotIn(self.values(field, text, place)?),
            ("lt", false) if is_ordered => Test::Less(self.present(field, text, place)?),
            ("lte", false) if is_ordered => Test::LessOrEqual(self.present(field, text, place)?),
            ("gt", false) if is_ordered => Test::Greater(self.present(field, text, place)?),
            ("gte", false) if is_ordered => Test::GreaterOrEqual(self.present(field, text, place)?),
            _ => {
                let known = match (is_text, is_ordered) {
                    (true, _) => {
                        "equals, not, in, notIn, lt, lte, gt, gte, contains, startsWith, endsWith \
                         (and equals:i, contains:i, startsWith:i, endsWith:i)"
                    }
                    (false, true) => "equals, not, in, notIn, lt, lte, gt, gte",
                    (false, false) => "equals, not, in, notIn",
                };
                self.problem(place, format!("unknown operator, use one of {known}"));
                return None;
            }
        })
    }

    fn list_test(&mut self, field: &Field, operator: &str, text: &str, place: &Place<'_>) -> Option<Test> {
        Some(match operator {
            "equals" => Test::Equals(self.equal_value(field, text, place)?),
            "has" => Test::Has(self.present(field, text, place)?),
            "hasSome" => Test::HasSome(self.values(field, text, place)?),
            "hasEvery" => Test::HasEvery(self.values(field, text, place)?),
            "isEmpty" => match text {
                "true" => Test::IsEmpty(true),
                "false" => Test::IsEmpty(false),
                _ => {
                    self.problem(place, "must be true or false");
                    return None;
                }
            },
            _ => {
                self.problem(place, "unknown operator, use one of equals, has, hasSome, hasEvery, isEmpty");
                return None;
            }
        })
    }

    fn value(&mut self, field: &Field, text: &str, place: &Place<'_>) -> Option<Value> {
        value_from_text(self.schema, field, text).map_err(|message| self.problem(place, message)).ok()
    }

    /// A value that is not null.
    fn present(&mut self, field: &Field, text: &str, place: &Place<'_>) -> Option<Value> {
        let value = self.value(field, text, place)?;
        if value.is_null() {
            self.problem(place, "must not be null; for the text, write \"null\" in quotes");
            return None;
        }
        Some(value)
    }

    fn text(&mut self, field: &Field, text: &str, place: &Place<'_>) -> Option<String> {
        match self.present(field, text, place)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A list by commas, or a JSON array where a value holds a comma.
    fn values(&mut self, field: &Field, text: &str, place: &Place<'_>) -> Option<Vec<Value>> {
        if !text.starts_with('[') {
            return text.split(',').map(|part| self.present(field, part, place)).collect();
        }
        let Ok(Json::Array(items)) = crate::body::parse(text.as_bytes()) else {
            self.problem(place, "a list that begins with [ must be a JSON array");
            return None;
        };
        // A list field reads the array as a whole, another field each element.
        let read = if field.is_list() {
            value_from_json(self.schema, field, &Json::Array(items)).map(|value| vec![value])
        } else {
            items.iter().map(|item| value_from_json(self.schema, field, item)).collect()
        };
        match read {
            Ok(values) if values.iter().any(Value::is_null) => {
                self.problem(place, "must not hold null");
                None
            }
            Ok(values) => Some(values.into_iter().flat_map(elements).collect()),
            Err(message) => {
                self.problem(place, message);
                None
            }
        }
    }

    fn problem(&mut self, place: &Place<'_>, message: impl AsRef<str>) {
        self.problems.add(&place.to_string(), message);
    }
}

fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::List(values) => values,
        single => vec![single],
    }
}

/// Whether `limit[equals]=5` means a field that has the name of a parameter.
pub(super) fn is_operated(model: &Model, name: &str, node: &Node<'_>) -> bool {
    node.value.is_none()
        && node.children.iter().all(|(step, _)| step.is_bracket && !is_number(step))
        && exposed_field(model, name).is_some()
}

fn is_number(step: &Step<'_>) -> bool {
    step.is_bracket && step.name.len() <= 4 && step.name.bytes().all(|byte| byte.is_ascii_digit())
}
