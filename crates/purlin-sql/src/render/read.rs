//! The statement of a read.

use purlin_core::schema::Schema;
use purlin_core::statement::{Cardinality, Filter, ReadShape};

use super::aggregate::render_aggregate;
use super::count::render_count;
use super::many_offered::render_common;
use super::page::Picked;
use super::renderer::{ALWAYS, Renderer, Scope, whole};
use super::row::{SelectList, Wanted};
use crate::binding::{Binding, Source};
use crate::decode::OutputColumn;
use crate::dialect::Dialect;
use crate::read_statement::{ReadStatement, Select};

pub fn render_read(schema: &Schema, dialect: &dyn Dialect, shape: &ReadShape) -> ReadStatement {
    if let Some(aggregate) = &shape.aggregate {
        return render_aggregate(schema, dialect, shape, aggregate);
    }
    let is_many = shape.cardinality == Cardinality::Many;
    ReadStatement {
        count: is_many.then(|| render_count(schema, dialect, shape)),
        common: is_many.then(|| render_common(schema, dialect, shape)).flatten(),
        ..render_page(schema, dialect, shape)
    }
}

/// The rows alone.
pub(super) fn render_page(schema: &Schema, dialect: &dyn Dialect, shape: &ReadShape) -> ReadStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let alias = renderer.alias();
    let from = renderer.table(shape.model, &alias);
    let mut list = SelectList::default();
    let wanted = Wanted { columns: &shape.columns, includes: &shape.includes, counts: &shape.counts };
    let row = renderer.row_plan(&alias, shape.model, wanted, &mut list);

    let terms = renderer.sort_terms(&shape.order, &alias, shape.model);
    let last_keys = shape.wants_last_keys.then(|| {
        terms
            .iter()
            .map(|term| OutputColumn {
                key: "".into(),
                position: list.add(term.expression.clone()),
                decode: term.decode.clone(),
                is_guarded: false,
            })
            .collect()
    });

    let mut conditions = vec![renderer.root_condition(shape, &alias)];
    if let Some(after) = &shape.after {
        conditions.push(renderer.after(&terms, after));
    }
    if let Some(from) = &shape.from {
        conditions.push(renderer.rows_from(&terms, shape.model, &shape.order, from));
    }
    conditions.retain(|condition| condition != ALWAYS);
    let filter =
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let order = match shape.cardinality {
        Cardinality::Many => renderer.order_clause(&[], &terms),
        // One row at most.
        Cardinality::One => String::new(),
    };
    // One row more tells whether more rows follow.
    let limit = shape.limit.map(|limit| whole(limit.saturating_add(1)));
    let offset = shape.offset.map(|offset| renderer.bind(Binding::plain(Source::Param(offset))));
    let page = dialect.page(limit.as_deref(), offset.as_deref());
    let text = format!("SELECT {} FROM {from}{}{filter}{order}{page}", list.text(), list.joins);
    let (text, bindings) = dialect.finish(text, renderer.bindings);
    ReadStatement {
        cardinality: shape.cardinality,
        select: Select { text: text.into(), bindings, width: list.width(), row, children: list.children },
        limit: shape.limit.and_then(|limit| usize::try_from(limit).ok()),
        offset: shape.offset,
        is_keyset: shape.after.is_some() || shape.from.is_some(),
        is_backward: shape.is_backward,
        last_keys,
        count: None,
        common: None,
    }
}

impl Renderer<'_> {
    fn root_condition(&mut self, shape: &ReadShape, alias: &str) -> String {
        if shape.distinct.is_empty() {
            return match &shape.filter {
                Filter::Always => ALWAYS.to_owned(),
                filter => self.filter(filter, Some(&Scope::alone(alias))),
            };
        }
        let inner = self.alias();
        let from = self.table(shape.model, &inner);
        let page = self.picked(&Picked {
            model: shape.model,
            alias: &inner,
            from: &from,
            condition: ALWAYS,
            filter: &shape.filter,
            order: &shape.order,
            distinct: &shape.distinct,
            limit: None,
            offset: None,
        });
        format!("{} IN ({page})", Self::row(&self.key_columns(alias, shape.model)))
    }
}
