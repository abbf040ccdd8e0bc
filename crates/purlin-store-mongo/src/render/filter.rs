//! Conditions in the query language, which indexes serve, as far as it has words for them; the rest are
//! expressions. A leaf is true or false, never in between, so `$nor` is the exact complement.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{CompareOp, ListOp};
use purlin_core::statement::{Filter, Operand};
use purlin_core::value::{Value, compare};

use super::renderer::{Frame, Renderer, never};
use super::text::{Place, pattern, words_pattern};
use crate::value::encode;

impl Renderer<'_> {
    /// Appends what lets only rows of the filter through. What needs no other collection comes first.
    pub(crate) fn filter_stages(&mut self, filter: &Filter, frame: &mut Frame) {
        let parts = match filter {
            Filter::Always => return,
            Filter::All(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut own = Vec::new();
        let mut others = Vec::new();
        for part in parts {
            let mut needed = Frame::at(frame.level);
            let condition = self.matching(part, &mut needed);
            frame.outer |= needed.outer;
            if needed.stages.is_empty() {
                own.push(condition);
            } else {
                needed.push(doc! { "$match": condition });
                others.extend(needed.stages);
            }
        }
        match own.pop() {
            None => {}
            Some(only) if own.is_empty() => frame.push(doc! { "$match": only }),
            Some(last) => {
                own.push(last);
                frame.push(doc! { "$match": { "$and": own } });
            }
        }
        frame.stages.extend(others);
    }

    /// A condition for `$match`. What it needs of other collections is appended before it.
    pub(crate) fn matching(&mut self, filter: &Filter, frame: &mut Frame) -> Document {
        match filter {
            Filter::Always => Document::new(),
            Filter::Never => never(),
            Filter::All(parts) => {
                doc! { "$and": parts.iter().map(|part| self.matching(part, frame)).collect::<Vec<_>>() }
            }
            Filter::Any(parts) => {
                doc! { "$or": parts.iter().map(|part| self.matching(part, frame)).collect::<Vec<_>>() }
            }
            Filter::Not(inner) => doc! { "$nor": [self.matching(inner, frame)] },
            // The server chooses its plan by trying several.
            Filter::Residual(inner) => self.matching(inner, frame),
            Filter::Related { .. } | Filter::Exists { .. } => match self.existence(filter, frame) {
                Some((found, true)) => doc! { found: { "$ne": [] } },
                Some((found, false)) => doc! { found: { "$size": 0 } },
                None => never(),
            },
            leaf => self.plain(leaf).unwrap_or_else(|| doc! { "$expr": self.expression(leaf, frame) }),
        }
    }

    /// A leaf in the words of the query language, if it has them: a column of the row itself and a value.
    fn plain(&self, leaf: &Filter) -> Option<Document> {
        match leaf {
            Filter::Compare { op, left, right } => match (self.known(left), self.known(right)) {
                (Some(left_value), Some(right_value)) => {
                    let holds = if are_fields(left, right) {
                        compare::compare_with_nulls(*op, left_value, right_value)
                    } else {
                        compare::compare(*op, left_value, right_value)
                    };
                    Some(if holds { Document::new() } else { never() })
                }
                (None, Some(value)) => self.compared(*op, left, value, are_fields(left, right)),
                (Some(value), None) => self.compared(flipped(*op), right, value, are_fields(left, right)),
                (None, None) => None,
            },
            Filter::IsNull(operand) => match self.known(operand) {
                Some(value) => Some(if value.is_null() { Document::new() } else { never() }),
                None => Some(doc! { self.single(operand)?: Bson::Null }),
            },
            Filter::Truth(operand) => match self.known(operand) {
                Some(value) => Some(if *value == Value::Boolean(true) { Document::new() } else { never() }),
                None => Some(doc! { self.single(operand)?: true }),
            },
            Filter::In { value, list } => match (self.known(value), self.known(list)) {
                (None, Some(Value::List(values))) => {
                    let element = self.element_of(value);
                    let values = values.iter().filter(|value| !value.is_null());
                    let values: Vec<Bson> = values.map(|value| encode(value, element)).collect();
                    Some(doc! { self.single(value)?: { "$in": values } })
                }
                (_, Some(value)) if !matches!(value, Value::List(_)) => Some(never()),
                (_, None) => self.plain_list(ListOp::Has, list, Some(value)),
                _ => None,
            },
            Filter::EqualIgnoreCase { left, right } => {
                let (column, value) = match (self.known(left), self.known(right)) {
                    (None, Some(value)) => (left, value),
                    (Some(value), None) => (right, value),
                    _ => return None,
                };
                self.like(column, value, Place::Whole, true)
            }
            Filter::Text { op, value, argument, ignore_case } => {
                self.like(value, self.known(argument)?, Place::of(*op), *ignore_case)
            }
            Filter::Words { value, argument, is_prefix } => {
                let path = self.single(value)?;
                let Some(words) = self.known(argument)?.as_str() else { return Some(never()) };
                Some(doc! { path: { "$regex": words_pattern(words, *is_prefix) } })
            }
            Filter::Offered { .. } => Some(Document::new()),
            Filter::List { op, list, argument } => self.plain_list(*op, list, argument.as_ref()),
            _ => None,
        }
    }

    /// The path of a column that holds one value: in lists and documents these words look for elements too.
    fn single(&self, operand: &Operand) -> Option<&str> {
        let kind = self.kind_of(operand)?;
        if kind.is_list || kind.is_json() { None } else { self.direct(operand) }
    }

    fn compared(
        &self,
        op: CompareOp,
        column: &Operand,
        value: &Value,
        nulls_compare: bool,
    ) -> Option<Document> {
        let path = self.single(column)?;
        let bson = encode(value, self.element_of(column));
        Some(match op {
            CompareOp::Equal if value.is_null() && nulls_compare => doc! { path: Bson::Null },
            CompareOp::NotEqual if nulls_compare => doc! { path: { "$ne": bson } },
            _ if value.is_null() => never(),
            CompareOp::Equal => doc! { path: { "$eq": bson } },
            CompareOp::NotEqual => doc! { path: { "$nin": [bson, Bson::Null] } },
            // These look at values of the same type only.
            CompareOp::Less => doc! { path: { "$lt": bson } },
            CompareOp::LessOrEqual => doc! { path: { "$lte": bson } },
            CompareOp::Greater => doc! { path: { "$gt": bson } },
            CompareOp::GreaterOrEqual => doc! { path: { "$gte": bson } },
        })
    }

    fn like(&self, column: &Operand, value: &Value, place: Place, ignore_case: bool) -> Option<Document> {
        let path = self.single(column)?;
        let Some(text) = value.as_str() else { return Some(never()) };
        let pattern = pattern(text, place, ignore_case)?;
        Some(doc! { path: { "$regex": pattern } })
    }

    fn plain_list(&self, op: ListOp, list: &Operand, argument: Option<&Operand>) -> Option<Document> {
        let kind = self.kind_of(list)?;
        if !kind.is_list || kind.is_json() {
            return None;
        }
        let path = self.direct(list)?;
        let argument = argument.map(|argument| self.known(argument).ok_or(())).transpose().ok()?;
        let element = self.element_of(list);
        let encoded =
            |values: &[Value]| values.iter().map(|value| encode(value, element)).collect::<Vec<_>>();
        Some(match (op, argument) {
            (ListOp::IsEmpty, _) => doc! { path: { "$size": 0 } },
            (_, None | Some(Value::Null)) => never(),
            (ListOp::Has, Some(value)) => {
                doc! { path: { "$elemMatch": { "$eq": encode(value, element) } } }
            }
            (ListOp::HasSome, Some(Value::List(values))) => {
                doc! { path: { "$elemMatch": { "$in": encoded(values) } } }
            }
            (ListOp::HasEvery, Some(Value::List(values))) if values.is_empty() => {
                doc! { path: { "$type": "array" } }
            }
            (ListOp::HasEvery, Some(Value::List(values))) => doc! { path: { "$all": encoded(values) } },
            _ => never(),
        })
    }
}

pub(super) fn are_fields(left: &Operand, right: &Operand) -> bool {
    left.is_field() && right.is_field()
}

fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal | CompareOp::NotEqual => op,
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
    }
}

#[cfg(test)]
mod tests {
    use purlin_core::schema::TextOp;
    use purlin_testkit::conformance::{self, Build};
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::render::Sources;

    fn json(value: Bson) -> Json {
        match value {
            Bson::Array(items) => items.into_iter().map(json).collect(),
            Bson::Document(members) => members
                .into_iter()
                .map(|(name, value)| (name, json(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Bson::String(text) => text.into(),
            Bson::Int32(number) => number.into(),
            Bson::Int64(number) => number.into(),
            Bson::DateTime(time) => time.timestamp_millis().into(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(describe: impl Fn(&Build<'_>) -> Filter, expected: &Json) {
        let schema = conformance::schema();
        let build = Build::new(&schema);
        let filter = describe(&build);
        let params = build.into_params();
        let mut frame = Frame::default();
        Renderer::new(&schema, Sources::new(&params, &[])).filter_stages(&filter, &mut frame);
        assert_eq!(json(Bson::from(frame.stages)), *expected);
    }

    /// What an index can serve is said in words that it serves.
    #[test]
    fn columns_and_values_are_matched_plainly() {
        check(|b| b.eq("Post.id", &json!(1)), &json!([{"$match": {"_id": {"$eq": 1}}}]));
        check(
            |b| b.compare("Post.createdAt", CompareOp::Less, &json!("2026-01-01T00:00:00Z")),
            &json!([{"$match": {"created_at": {"$lt": 1_767_225_600_000_i64}}}]),
        );
        check(
            |b| b.is_in("Team.org", &json!(["a", "b"])),
            &json!([{"$match": {"org": {"$in": ["a", "b"]}}}]),
        );
        check(
            |b| b.text("Tag.label", TextOp::StartsWith, "a.", false),
            &json!([{"$match": {"label": {"$regex": "^a\\."}}}]),
        );
        check(
            |b| Filter::all([b.eq("Tag.id", &json!(1)), Filter::not(b.eq("Tag.label", &json!("x")))]),
            &json!([{"$match": {"$and": [{"_id": {"$eq": 1}}, {"$nor": [{"label": {"$eq": "x"}}]}]}}]),
        );
    }

    /// What the row itself can tell comes before what must be looked up.
    #[test]
    fn other_collections_are_asked_last() {
        let is_ada = |b: &Build<'_>| {
            b.related("Post.author", purlin_core::schema::Quantifier::Some, b.eq("User.name", &json!("Ada")))
        };
        check(
            |b| Filter::all([is_ada(b), b.eq("Post.status", &json!("draft"))]),
            &json!([
                {"$match": {"status": {"$eq": "draft"}}},
                {"$lookup": {
                    "from": "User", "localField": "authorId", "foreignField": "_id",
                    "pipeline": [{"$match": {"name": {"$eq": "Ada"}}}, {"$limit": 1}, {"$project": {"_id": 1}}],
                    "as": "_purlin0",
                }},
                {"$match": {"_purlin0": {"$ne": []}}},
            ]),
        );
    }
}
