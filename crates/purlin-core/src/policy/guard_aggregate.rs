//! Measures under policies: only rows that the actor may read are measured, and a field that a rule hides counts
//! as null, in measures and in groups, so that no number tells more than the rows would.

use super::guard_read::{Ruled, bare_shape, count_value, guard_of};
use super::scope::Guard;
use crate::error::Error;
use crate::operation::{Aggregate, Answered, Count, GroupOrder, Grouping, Having, Measure, Over, Subject};
use crate::schema::{FieldId, Model, ModelId, PolicyOperation};
use crate::statement::{
    AggregateShape, Cardinality, Column, Filter, GroupFilter, GroupSort, Measured, Member, ReadShape, Term,
};

pub(crate) fn guard_aggregate(
    mut guard: Guard<'_>,
    model: ModelId,
    aggregate: &Aggregate,
) -> Result<Ruled, Error> {
    let model = guard.schema.model(model);
    let wanted = guard.client_filter(model, &aggregate.filter);
    let rules = guard.possible(model.id, PolicyOperation::Read)?;
    let bare = bare_shape(model.id, Filter::all([wanted, rules]));
    let mut making = Making { model, shape: AggregateShape::default() };
    let shape = match &aggregate.over {
        Over::Rows { order, skip, take } => ReadShape {
            order: guard.order(model, order)?,
            limit: *take,
            offset: (*skip > 0).then(|| guard.param(count_value(*skip))),
            ..bare
        },
        Over::Groups(grouping) => {
            making.group(&mut guard, grouping);
            ReadShape {
                cardinality: Cardinality::Many,
                limit: Some(grouping.take),
                offset: (grouping.skip > 0).then(|| guard.param(count_value(grouping.skip))),
                ..bare
            }
        }
    };
    for answered in &aggregate.answer {
        let member = match answered {
            Answered::Number { name, measure } => {
                Member::Measure { name, measure: making.measure(&mut guard, *measure) }
            }
            Answered::Object { function, measures } => {
                let measures = measures.iter().map(|measure| making.measure(&mut guard, *measure)).collect();
                Member::Object { function: *function, measures }
            }
        };
        making.shape.answer.push(member);
    }
    let shape = ReadShape { aggregate: Some(Box::new(making.shape)), ..shape };
    Ok(Ruled::new(guard, shape, Count::None))
}

/// The shape as far as it has come: what is asked for twice is calculated once.
struct Making<'a> {
    model: &'a Model,
    shape: AggregateShape,
}

impl<'a> Making<'a> {
    fn group(&mut self, guard: &mut Guard<'a>, grouping: &Grouping) {
        for (number, field) in grouping.by.iter().enumerate() {
            let column = self.column(guard, *field);
            self.shape.keys.push(column);
            self.shape.answer.push(Member::Key(number));
        }
        self.shape.having = self.having(guard, &grouping.having);
        for GroupOrder { subject, direction, nulls } in &grouping.order {
            let term = self.term(guard, *subject);
            self.shape.order.push(GroupSort { term, direction: *direction, nulls: *nulls });
        }
    }

    fn having(&mut self, guard: &mut Guard<'a>, having: &Having) -> GroupFilter {
        let mut each = |parts: &[Having]| parts.iter().map(|part| self.having(guard, part)).collect();
        match having {
            Having::All(parts) => GroupFilter::All(each(parts)),
            Having::Any(parts) => GroupFilter::Any(each(parts)),
            Having::Not(inner) => GroupFilter::Not(Box::new(self.having(guard, inner))),
            Having::IsNull(subject) => GroupFilter::IsNull(self.term(guard, *subject)),
            // Nothing compares with null.
            Having::Compare { value, .. } if value.is_null() => GroupFilter::Any(Vec::new()),
            Having::Compare { subject, op, value } => {
                let term = self.term(guard, *subject);
                GroupFilter::Compare { term, op: *op, argument: guard.param(value.clone()) }
            }
        }
    }

    fn term(&mut self, guard: &mut Guard<'a>, subject: Subject) -> Term {
        match subject {
            Subject::Measure(measure) => Term::Measure(self.measure(guard, measure)),
            Subject::Key(field) => {
                let known = self.shape.keys.iter().position(|key| key.field == field);
                // Input names no other field; and if it did, it would be one more key.
                Term::Key(known.unwrap_or_else(|| {
                    let column = self.column(guard, field);
                    self.shape.keys.push(column);
                    self.shape.keys.len() - 1
                }))
            }
        }
    }

    fn measure(&mut self, guard: &mut Guard<'a>, measure: Measure) -> usize {
        let value = measure.field.map(|field| {
            let known = self.shape.values.iter().position(|value| value.field == field);
            known.unwrap_or_else(|| {
                let column = self.column(guard, field);
                self.shape.values.push(column);
                self.shape.values.len() - 1
            })
        });
        let measured = Measured { function: measure.function, value };
        let known = self.shape.measures.iter().position(|known| *known == measured);
        known.unwrap_or_else(|| {
            self.shape.measures.push(measured);
            self.shape.measures.len() - 1
        })
    }

    fn column(&self, guard: &mut Guard<'a>, field: FieldId) -> Column {
        let rules = guard.row_field_rules(self.model.field(field));
        Column { field, guard: guard_of(rules) }
    }
}
