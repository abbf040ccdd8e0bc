//! Conditions as expressions, each of which is true or false.

use mongodb::bson::{Bson, doc};
use purlin_core::schema::{CompareOp, ListOp};
use purlin_core::statement::{Filter, Operand};
use purlin_core::value::{Value, compare};

use super::filter::are_fields;
use super::renderer::{Frame, Renderer, or_null, present};
use super::text::{Place, words_test};

impl Renderer<'_> {
    /// What it needs of other collections is appended before.
    pub(crate) fn expression(&mut self, filter: &Filter, frame: &mut Frame) -> Bson {
        let mut all = |renderer: &mut Self, parts: &[Filter]| -> Vec<Bson> {
            parts.iter().map(|part| renderer.expression(part, frame)).collect()
        };
        match filter {
            Filter::Always => Bson::Boolean(true),
            Filter::Never => Bson::Boolean(false),
            Filter::All(parts) => doc! { "$and": all(self, parts) }.into(),
            Filter::Any(parts) => doc! { "$or": all(self, parts) }.into(),
            Filter::Not(inner) => doc! { "$not": [self.expression(inner, frame)] }.into(),
            Filter::Residual(inner) => self.expression(inner, frame),
            Filter::Compare { op, left, right } => self.compare(*op, left, right, frame),
            Filter::IsNull(operand) => {
                let value = self.operand(operand, None, frame);
                doc! { "$lte": [value, Bson::Null] }.into()
            }
            Filter::Truth(operand) => {
                let value = self.operand(operand, None, frame);
                doc! { "$eq": [value, true] }.into()
            }
            Filter::In { value, list } => self.membership(value, list, frame),
            Filter::EqualIgnoreCase { left, right } => match (self.known(left), self.known(right)) {
                (Some(_), None) => self.text_test(right, left, Place::Whole, true, frame),
                _ => self.text_test(left, right, Place::Whole, true, frame),
            },
            Filter::Text { op, value, argument, ignore_case } => {
                self.text_test(value, argument, Place::of(*op), *ignore_case, frame)
            }
            Filter::Words { value, argument, is_prefix } => {
                let words = self.known(argument).and_then(Value::as_str).map(str::to_owned);
                let value = self.operand(value, None, frame);
                words.map_or(Bson::Boolean(false), |words| words_test(&value, &words, *is_prefix))
            }
            // Collections have no search index: the words themselves are tested beside it.
            Filter::Offered { .. } => Bson::Boolean(true),
            Filter::List { op, list, argument } => self.list_test(*op, list, argument.as_ref(), frame),
            Filter::Json { value, path, op, argument } => self.json_test(value, path, *op, argument, frame),
            Filter::Related { .. } | Filter::Exists { .. } => match self.existence(filter, frame) {
                Some((found, true)) => doc! { "$ne": [format!("${found}"), []] }.into(),
                Some((found, false)) => doc! { "$eq": [format!("${found}"), []] }.into(),
                None => Bson::Boolean(false),
            },
        }
    }

    fn compare(&mut self, op: CompareOp, left: &Operand, right: &Operand, frame: &mut Frame) -> Bson {
        let nulls_compare = are_fields(left, right);
        if let (Some(left), Some(right)) = (self.known(left), self.known(right)) {
            return Bson::Boolean(if nulls_compare {
                compare::compare_with_nulls(op, left, right)
            } else {
                compare::compare(op, left, right)
            });
        }
        let is_known = [self.known(left).is_some(), self.known(right).is_some()];
        let (left_element, right_element) = (self.element_of(right), self.element_of(left));
        let left = self.operand(left, left_element, frame);
        let right = self.operand(right, right_element, frame);
        match op {
            CompareOp::Equal if nulls_compare => {
                return doc! { "$eq": [or_null(left), or_null(right)] }.into();
            }
            CompareOp::NotEqual if nulls_compare => {
                return doc! { "$ne": [or_null(left), or_null(right)] }.into();
            }
            _ => {}
        }
        if left == Bson::Null || right == Bson::Null {
            return Bson::Boolean(false);
        }
        let mut tests = vec![Bson::from(doc! { operator(op): [left.clone(), right.clone()] })];
        for (side, is_known) in [left, right].iter().zip(is_known) {
            if !is_known {
                tests.push(present(side));
            }
        }
        doc! { "$and": tests }.into()
    }

    fn membership(&mut self, value: &Operand, list: &Operand, frame: &mut Frame) -> Bson {
        self.list_test(ListOp::Has, list, Some(value), frame)
    }
}

pub(super) fn operator(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "$eq",
        CompareOp::NotEqual => "$ne",
        CompareOp::Less => "$lt",
        CompareOp::LessOrEqual => "$lte",
        CompareOp::Greater => "$gt",
        CompareOp::GreaterOrEqual => "$gte",
    }
}
