//! Reads under policies: the rows that the client's filter and the rules both let through, the
//! columns that the rules show, and the same again for everything included.

use std::sync::Arc;

use super::plan::KeyValues;
use super::scope::{Guard, Scope};
use crate::error::Error;
use crate::operation::{Count, Key, Order, OrderTarget, Page, Query, Selection, Where, Window, Within};
use crate::schema::{
    CompareOp, Field, FieldId, FieldKind, FieldOperation, IndexField, Model, ModelId, PolicyOperation,
    Relation, Scalar,
};
use crate::statement::{
    Cardinality, Column, Filter, Guarded, Include, IncludeShape, Operand, Read, ReadShape, RelationCount,
    SortHop, SortKey, SortTarget,
};
use crate::value::Value;

/// A read with every rule in it.
pub(crate) struct Ruled {
    pub read: Guarded<Read>,
    /// A rule has asked for the time: asked again, the same gives another read.
    pub asked_time: bool,
}

impl Ruled {
    pub(super) fn new(guard: Guard<'_>, shape: ReadShape, count: Count) -> Self {
        let read = Read { shape: Arc::new(shape), params: guard.params, count };
        Self { read: Guarded::new(read), asked_time: guard.asked_time }
    }
}

/// What is answered of a row.
pub(super) struct Projection {
    pub columns: Vec<Column>,
    pub includes: Vec<Include>,
    pub counts: Vec<RelationCount>,
}

/// One row by a unique key, whose values are the first parameters.
pub(super) fn guard_get(
    mut guard: Guard<'_>,
    model: ModelId,
    key: &Key,
    selection: &Selection,
) -> Result<Ruled, Error> {
    let by_key = guard.client_key(guard.schema.model(model), key);
    let readable = guard.possible(model, PolicyOperation::Read)?;
    let shape = guard.one(model, Filter::all([by_key, readable]), selection)?;
    Ok(Ruled::new(guard, shape, Count::None))
}

/// A page of rows; `within` narrows it to those related to one row, which `parent_exists` checks.
pub(crate) fn guard_list(
    mut guard: Guard<'_>,
    model: ModelId,
    query: &Query,
    within: Option<&Within>,
) -> Result<Ruled, Error> {
    let schema = guard.schema;
    let model = schema.model(model);
    let mut parts = Vec::with_capacity(3);
    if let Some(within) = within {
        parts.push(guard.related_to(within)?);
    }
    parts.push(guard.client_filter(model, &query.filter));
    let rules = guard.possible(model.id, PolicyOperation::Read)?;
    // A row that the actor may not read, or not by this key, is no place to begin at.
    let from = match &query.page {
        Page::Window(Window { from: Some(key), .. }) => {
            Some(Box::new(Filter::all([guard.client_key(model, key), rules.clone()])))
        }
        _ => None,
    };
    parts.push(if is_order_indexed(model, &query.order) { guard.residual(rules) } else { rules });
    guard.refuse_hidden_distinct(model, &query.distinct)?;
    let projection = guard.projection(model, &query.selection)?;
    let mut order = guard.order(model, &query.order)?;
    let (mut after, mut wants_last_keys) = (None, false);
    let (skip, take) = match &query.page {
        Page::Offset { skip, take } => (*skip, *take),
        Page::Window(window) => {
            // Pages go on by values from there, but not backwards.
            wants_last_keys = from.is_some() && !window.is_backward;
            (window.skip, window.take)
        }
        Page::Cursor { after: values, take } => {
            wants_last_keys = true;
            after = values.as_ref().map(|values| {
                values
                    .iter()
                    .map(|value| (!value.is_null()).then(|| guard.param(value.clone())))
                    .collect::<Vec<_>>()
            });
            (0, Some(*take))
        }
    };
    let offset = (skip > 0).then(|| guard.param(count_value(skip)));
    let is_backward = is_backward(&query.page);
    if is_backward {
        order = order.into_iter().map(SortKey::reversed).collect();
    }
    let shape = ReadShape {
        model: model.id,
        cardinality: Cardinality::Many,
        columns: projection.columns,
        includes: projection.includes,
        counts: projection.counts,
        filter: Filter::all(parts),
        order,
        after,
        from,
        limit: take,
        offset,
        is_backward,
        distinct: query.distinct.clone(),
        wants_last_keys,
        aggregate: None,
    };
    Ok(Ruled::new(guard, shape, query.count))
}

/// A read that finds one row if the row that a nested resource hangs on may be seen, and its relation too.
pub(crate) fn parent_exists(mut guard: Guard<'_>, within: &Within) -> Ruled {
    let model = guard.schema.model(within.model);
    let by_key = guard.client_key(model, &within.key);
    let readable = guard.rules_of_row(within.model, PolicyOperation::Read);
    let relation = model.field(within.relation);
    let visible =
        guard.alone(Scope::Stored { is_named: true }, |guard| guard.relation_rules(relation, model));
    let shape = bare_shape(within.model, Filter::all([by_key, readable, visible]));
    Ruled::new(guard, shape, Count::None)
}

/// A read of no column.
pub(crate) fn bare_shape(model: ModelId, filter: Filter) -> ReadShape {
    ReadShape {
        model,
        cardinality: Cardinality::One,
        columns: Vec::new(),
        includes: Vec::new(),
        counts: Vec::new(),
        filter,
        order: Vec::new(),
        after: None,
        from: None,
        limit: None,
        offset: None,
        is_backward: false,
        distinct: Vec::new(),
        wants_last_keys: false,
        aggregate: None,
    }
}

pub(super) fn count_value(count: u64) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

impl<'a> Guard<'a> {
    /// The shape of the read of a row that was just written.
    pub(super) fn written(
        &mut self,
        model: &'a Model,
        key: &KeyValues,
        selection: &Selection,
    ) -> Result<ReadShape, Error> {
        let by_key = self.stored_key_filter(model.id, key);
        let readable = self.rules_of_row(model.id, PolicyOperation::Read);
        self.one(model.id, Filter::all([by_key, readable]), selection)
    }

    /// The shape of a read of at most one row.
    fn one(&mut self, model: ModelId, filter: Filter, selection: &Selection) -> Result<ReadShape, Error> {
        let projection = self.projection(self.schema.model(model), selection)?;
        Ok(ReadShape {
            columns: projection.columns,
            includes: projection.includes,
            counts: projection.counts,
            ..bare_shape(model, filter)
        })
    }

    pub(super) fn projection(
        &mut self,
        model: &'a Model,
        selection: &Selection,
    ) -> Result<Projection, Error> {
        let mut columns = Vec::with_capacity(model.fields.len());
        for field in shown(model, selection) {
            let rules = self.alone(Scope::Stored { is_named: true }, |guard| {
                guard.field_rules(field, FieldOperation::Read)
            });
            columns.push(Column { field: field.id, guard: guard_of(rules) });
        }
        let mut includes = Vec::with_capacity(selection.includes.len());
        for include in &selection.includes {
            includes.push(self.include(model, model.field(include.relation), &include.query)?);
        }
        let mut counts = Vec::with_capacity(selection.counts.len());
        for (relation, filter) in &selection.counts {
            let filter = self.readable(relation_of(model.field(*relation))?, filter);
            counts.push(RelationCount { relation: *relation, filter });
        }
        Ok(Projection { columns, includes, counts })
    }

    fn include(&mut self, model: &'a Model, field: &'a Field, query: &Query) -> Result<Include, Error> {
        let Some(relation) = field.relation() else {
            return Err(Error::BadRequest(format!("{} is not a relation of {}", field.name, model.name)));
        };
        let target = self.schema.model(relation.target);
        let visible =
            self.alone(Scope::Stored { is_named: true }, |guard| guard.relation_rules(field, model));
        // Of a to-one relation only the selection counts.
        let everything = Where::everything();
        let filter = self.readable(relation, if field.is_list() { &query.filter } else { &everything });
        self.refuse_hidden_distinct(target, &query.distinct)?;
        let projection = self.projection(target, &query.selection)?;
        let mut order = if field.is_list() { self.order(target, &query.order)? } else { Vec::new() };
        let (skip, limit) = match query.page {
            Page::Offset { skip, take } if field.is_list() => (skip, take),
            Page::Window(Window { skip, take, .. }) if field.is_list() => (skip, take),
            _ => (0, None),
        };
        let offset = (skip > 0).then(|| self.param(count_value(skip)));
        let is_backward = field.is_list() && is_backward(&query.page);
        if is_backward {
            order = order.into_iter().map(SortKey::reversed).collect();
        }
        let shape = IncludeShape {
            columns: projection.columns,
            includes: projection.includes,
            counts: projection.counts,
            filter,
            order,
            limit,
            offset,
            is_backward,
            distinct: query.distinct.clone(),
        };
        Ok(Include { relation: field.id, guard: guard_of(visible), shape: Box::new(shape) })
    }

    /// The related rows that the actor may know of and the client wants.
    fn readable(&mut self, relation: &'a Relation, filter: &Where) -> Filter {
        let wanted = self.client_filter(self.schema.model(relation.target), filter);
        let rules = self.related_rules(relation);
        Filter::all([wanted, rules])
    }

    /// Which rows remain would tell which of them share a hidden value.
    fn refuse_hidden_distinct(&mut self, model: &'a Model, distinct: &[FieldId]) -> Result<(), Error> {
        for field in distinct.iter().map(|id| model.field(*id)) {
            let rules = self.alone(Scope::Stored { is_named: true }, |guard| {
                guard.field_rules(field, FieldOperation::Read)
            });
            if rules != Filter::Always {
                let message = format!("distinct: {} has a read rule and cannot be named here", field.name);
                return Err(Error::BadRequest(message));
            }
        }
        Ok(())
    }

    /// Marks alternatives that most rows may pass, such as `status == PUBLISHED || author == auth()`. An engine
    /// that looked rows up by each of them would collect and sort most of the table for one page.
    fn residual(&self, rules: Filter) -> Filter {
        match rules {
            Filter::All(parts) => Filter::All(parts.into_iter().map(|part| self.residual(part)).collect()),
            Filter::Any(parts) if !parts.iter().all(|part| self.is_selective(part)) => {
                Filter::Residual(Box::new(Filter::Any(parts)))
            }
            other => other,
        }
    }

    /// An equality that few rows pass: of a column that takes many values.
    fn is_selective(&self, filter: &Filter) -> bool {
        match filter {
            Filter::All(parts) => parts.iter().any(|part| self.is_selective(part)),
            Filter::Any(parts) => parts.iter().all(|part| self.is_selective(part)),
            Filter::Compare { op: CompareOp::Equal, left, right } => {
                self.takes_many_values(left) || self.takes_many_values(right)
            }
            Filter::In { value, .. } => self.takes_many_values(value),
            _ => false,
        }
    }

    fn takes_many_values(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Column { model, relations, field, .. } if relations.is_empty() => {
                let field = self.schema.model(*model).field(*field);
                !matches!(field.kind, FieldKind::Enum(_) | FieldKind::Scalar(Scalar::Boolean))
            }
            _ => false,
        }
    }

    pub(super) fn order(&mut self, model: &'a Model, order: &[Order]) -> Result<Vec<SortKey>, Error> {
        order
            .iter()
            .map(|entry| {
                let target = match &entry.target {
                    OrderTarget::Relevance(search) => SortTarget::Sum(self.relevance(model, search)),
                    OrderTarget::Field { relations, field } => self.sort_column(model, relations, *field)?,
                    OrderTarget::Count { relation } => {
                        let filter =
                            self.readable(relation_of(model.field(*relation))?, &Where::everything());
                        SortTarget::Count { relation: *relation, filter }
                    }
                };
                Ok(SortKey { target, direction: entry.direction, nulls: entry.nulls })
            })
            .collect()
    }

    fn sort_column(
        &mut self,
        model: &'a Model,
        relations: &[FieldId],
        field: FieldId,
    ) -> Result<SortTarget, Error> {
        let mut hops = Vec::with_capacity(relations.len());
        let mut current = model;
        for relation in relations {
            let field = current.field(*relation);
            let visible =
                self.alone(Scope::Stored { is_named: true }, |guard| guard.relation_rules(field, current));
            if visible != Filter::Always {
                let message = format!("{} cannot be sorted by, for its key has a read rule", field.name);
                return Err(Error::BadRequest(message));
            }
            let related = relation_of(field)?;
            hops.push(SortHop { relation: *relation, filter: self.related_rules(related) });
            current = self.schema.model(related.target);
        }
        let field = current.field(field);
        let rules = self
            .alone(Scope::Stored { is_named: true }, |guard| guard.field_rules(field, FieldOperation::Read));
        Ok(SortTarget::Column {
            relations: hops,
            field: field.id,
            guard: guard_of(rules).map(|guard| *guard),
        })
    }

    /// Rows (scope 0) that hang on the row of a nested resource.
    fn related_to(&mut self, within: &Within) -> Result<Filter, Error> {
        let parent = self.schema.model(within.model);
        let relation = relation_of(parent.field(within.relation))?;
        // The usual case, the child's key against the parent's id, needs no join.
        let direct: Option<Vec<(FieldId, Value)>> = (!relation.is_owning())
            .then(|| {
                let mut pairs = relation.pairs().peekable();
                pairs.peek()?;
                pairs
                    .map(|(local, remote)| {
                        let (_, value) = within.key.fields.iter().find(|(field, _)| *field == local)?;
                        Some((remote, value.clone()))
                    })
                    .collect()
            })
            .flatten();
        let visible = self.related_rules(relation);
        if let Some(fields) = direct {
            return Ok(Filter::all([self.key_filter(relation.target, &Key { fields }), visible]));
        }
        let condition = self.key_filter(within.model, &within.key);
        let related = Filter::Related {
            origin: crate::statement::Origin::ROW,
            model: relation.target,
            relation: relation.opposite,
            quantifier: crate::schema::Quantifier::Some,
            condition: Box::new(condition),
        };
        Ok(Filter::all([related, visible]))
    }
}

/// The fields that a selection wants of a row.
pub(super) fn shown<'m>(model: &'m Model, selection: &Selection) -> impl Iterator<Item = &'m Field> {
    model.fields.iter().filter(|field| {
        field.is_column()
            && field.is_exposed()
            && !field.is_omitted
            && !selection.omit.contains(&field.id)
            && selection.fields.as_ref().is_none_or(|fields| fields.contains(&field.id))
    })
}

fn is_backward(page: &Page) -> bool {
    matches!(page, Page::Window(Window { is_backward: true, .. }))
}

/// Whether the first key of the order leads an index, so that a page can be read in its order.
fn is_order_indexed(model: &Model, order: &[Order]) -> bool {
    let Some(OrderTarget::Field { relations, field }) = order.first().map(|order| &order.target) else {
        return false;
    };
    let leads = |fields: &[IndexField]| fields.first().is_some_and(|first| first.field == *field);
    relations.is_empty()
        && (leads(&model.primary_key.fields)
            || model.uniques.iter().any(|unique| unique.partial.is_none() && leads(&unique.fields))
            || model.indexes.iter().any(|index| index.partial.is_none() && leads(&index.fields)))
}

/// `None` for what everybody sees.
pub(super) fn guard_of(filter: Filter) -> Option<Box<Filter>> {
    (filter != Filter::Always).then(|| Box::new(filter))
}

pub(super) fn relation_of(field: &Field) -> Result<&Relation, Error> {
    field.relation().ok_or_else(|| Error::BadRequest(format!("{} is not a relation", field.name)))
}
