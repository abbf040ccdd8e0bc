//! Sort keys: fields of the pipeline's documents, columns or calculated, with the place of nulls.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::operation::Nulls;
use purlin_core::schema::{FieldId, ModelId, SortOrder};
use purlin_core::statement::{Filter, SortHop, SortKey, SortTarget};

use super::operand::first_of;
use super::relation::Side;
use super::renderer::{Frame, Renderer, reference};
use crate::names::path;
use crate::value::{Element, Kind};

#[derive(Debug)]
pub(crate) struct SortTerm<'s> {
    /// Where the key is found in the document.
    pub path: String,
    pub kind: Kind<'s>,
    pub direction: SortOrder,
    pub nulls_first: bool,
    pub is_nullable: bool,
}

impl<'a> Renderer<'a> {
    /// Appends what calculates the keys that are not columns.
    pub(super) fn sort_terms(
        &mut self,
        order: &[SortKey],
        model: ModelId,
        frame: &mut Frame,
    ) -> Vec<SortTerm<'a>> {
        order.iter().filter_map(|key| self.sort_term(key, model, frame)).collect()
    }

    fn sort_term(&mut self, key: &SortKey, model: ModelId, frame: &mut Frame) -> Option<SortTerm<'a>> {
        let nulls_first = match key.nulls {
            Some(nulls) => nulls == Nulls::First,
            // Null is the smallest value.
            None => key.direction == SortOrder::Ascending,
        };
        let term = |path, kind, is_nullable| SortTerm {
            path,
            kind,
            direction: key.direction,
            nulls_first,
            is_nullable,
        };
        match &key.target {
            SortTarget::Count { relation, filter } => {
                let number = self.count_of(frame, model, *relation, filter)?;
                let path = self.calculated(number, frame);
                Some(term(path, Kind { element: Element::Int, is_list: false }, false))
            }
            SortTarget::Sum(parts) => {
                let mut numbers = Vec::with_capacity(parts.len());
                for (filter, number) in parts {
                    let holds = self.expression(filter, frame);
                    numbers.push(Bson::from(doc! { "$cond": [holds, i64::from(*number), 0_i64] }));
                }
                let path = self.calculated(doc! { "$add": numbers }.into(), frame);
                Some(term(path, Kind { element: Element::Int, is_list: false }, false))
            }
            SortTarget::Column { relations, field, guard } => {
                let described = self.schema.model(model);
                let Some((first, rest)) = relations.split_first() else {
                    let sorted = described.field(*field);
                    let kind = Kind::of(self.schema, sorted);
                    let column = path(described, *field);
                    return Some(if matches!(guard, None | Some(Filter::Always)) {
                        term(column.to_owned(), kind, !(sorted.is_required() || sorted.is_id))
                    } else {
                        let value = self.guarded(column, guard.as_ref(), frame);
                        term(self.calculated(value, frame), kind, true)
                    });
                };
                let (value, holder) = self.behind(model, first, rest, *field, guard.as_ref(), frame)?;
                let kind = Kind::of(self.schema, self.schema.model(holder).field(*field));
                Some(term(self.calculated(value, frame), kind, true))
            }
        }
    }

    fn calculated(&mut self, value: Bson, frame: &mut Frame) -> String {
        let name = self.field_name();
        frame.push(doc! { "$set": { &name: value } });
        name
    }

    /// A column of the pipeline's own row, null where the guard does not hold.
    pub(super) fn guarded(&mut self, column: &str, guard: Option<&Filter>, frame: &mut Frame) -> Bson {
        match guard {
            None | Some(Filter::Always) => reference(column),
            Some(guard) => {
                let guard = self.expression(guard, frame);
                doc! { "$cond": [guard, reference(column), Bson::Null] }.into()
            }
        }
    }

    /// A column at the end of to-one relations, and the model that holds it.
    fn behind(
        &mut self,
        model: ModelId,
        first: &SortHop,
        rest: &[SortHop],
        field: FieldId,
        guard: Option<&Filter>,
        frame: &mut Frame,
    ) -> Option<(Bson, ModelId)> {
        let target = self.schema.model(model).field(first.relation).relation()?.target;
        let found = self.field_name();
        let side = Side::Level(frame.level);
        let mut holder = target;
        self.lookup(frame, (model, first.relation), &side, true, &found, |renderer, inner| {
            renderer.filter_stages(&first.filter, inner);
            let value = match rest.split_first() {
                None => renderer.guarded(path(renderer.schema.model(target), field), guard, inner),
                Some((next, rest)) => match renderer.behind(target, next, rest, field, guard, inner) {
                    Some((value, model)) => {
                        holder = model;
                        value
                    }
                    None => Bson::Null,
                },
            };
            inner.push(doc! { "$project": { "_id": 0, "v": value } });
        })?;
        Some((first_of(&found, "v"), holder))
    }

    pub(super) fn sort_stages(&mut self, terms: &[SortTerm<'_>], frame: &mut Frame) {
        let mut ranks = Document::new();
        let mut keys = Document::new();
        for term in terms {
            let is_ascending = term.direction == SortOrder::Ascending;
            if term.is_nullable && term.nulls_first != is_ascending {
                let rank = self.field_name();
                let (of_null, other) = if term.nulls_first { (0, 1) } else { (1, 0) };
                let is_null = doc! { "$lte": [reference(&term.path), Bson::Null] };
                ranks.insert(rank.clone(), doc! { "$cond": [is_null, of_null, other] });
                keys.insert(rank, 1);
            }
            // A key that comes again decides nothing.
            if !keys.contains_key(&term.path) {
                keys.insert(term.path.clone(), if is_ascending { 1 } else { -1 });
            }
        }
        if !ranks.is_empty() {
            frame.push(doc! { "$set": ranks });
        }
        if !keys.is_empty() {
            frame.push(doc! { "$sort": keys });
        }
    }
}
