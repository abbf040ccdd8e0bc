//! Counting: the size of the whole set, and of a row's relations.

use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::{Filter, ReadShape};

use super::path::Side;
use super::renderer::{Renderer, Scope, both};
use crate::binding::{Binding, Source};
use crate::dialect::Dialect;
use crate::read_statement::{CountStatement, CountText};

/// Which rows, without page and order.
pub(super) fn render_count(schema: &Schema, dialect: &dyn Dialect, shape: &ReadShape) -> CountStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let alias = renderer.alias();
    let from = renderer.table(shape.model, &alias);
    let filter = renderer.filter(&shape.filter, Some(&Scope::alone(&alias)));
    let distinct: Vec<String> =
        shape.distinct.iter().map(|field| renderer.column(&alias, shape.model, *field)).collect();
    let rows = if distinct.is_empty() {
        format!("SELECT 1 FROM {from} WHERE {filter}")
    } else {
        format!("SELECT DISTINCT {} FROM {from} WHERE {filter}", distinct.join(", "))
    };
    let exact = if distinct.is_empty() {
        format!("SELECT count(*) FROM {from} WHERE {filter}")
    } else {
        format!("SELECT count(*) FROM ({rows}) AS r")
    };
    let (exact, bindings) = dialect.finish(exact, renderer.bindings.clone());
    let exact = CountText { text: exact.into(), bindings };
    let cap = renderer.bind(Binding::plain(Source::CapPlusOne));
    let page = dialect.page(Some(&cap), None);
    let capped = format!("SELECT count(*) FROM ({rows}{page}) AS r");
    let (capped, bindings) = dialect.finish(capped, renderer.bindings);
    let capped = CountText { text: capped.into(), bindings };
    CountStatement { exact, capped, tables: renderer.tables }
}

impl Renderer<'_> {
    /// The number of related rows that satisfy the filter.
    pub(super) fn count_of(
        &mut self,
        alias: &str,
        model: ModelId,
        relation: FieldId,
        filter: &Filter,
    ) -> Option<String> {
        let rows = self.follow(model, relation, &Side::Alias(alias.to_owned()))?;
        let filter = self.filter(filter, Some(&Scope::alone(&rows.alias)));
        Some(format!("(SELECT count(*) FROM {} WHERE {})", rows.from, both(&rows.on, &filter)))
    }
}
