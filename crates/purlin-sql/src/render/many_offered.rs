//! A page of a search in another order than by relevance: where an index offers a good part of the table, the first rows
//! in order are found sooner by testing them as they come.

use purlin_core::schema::Schema;
use purlin_core::statement::{Filter, Operand, ReadShape, SortTarget};

use super::read::render_page;
use super::renderer::{Renderer, Scope};
use crate::binding::Form;
use crate::dialect::Dialect;
use crate::read_statement::{Common, CountText};

/// `None` where the shape is no such page, or there is no index.
pub(super) fn render_common(
    schema: &Schema,
    dialect: &dyn Dialect,
    shape: &ReadShape,
) -> Option<Box<Common>> {
    let ranks = |target: &SortTarget| matches!(target, SortTarget::Sum(_));
    if shape.limit.is_none() || shape.order.first().is_some_and(|key| ranks(&key.target)) {
        return None;
    }
    let Filter::All(parts) = &shape.filter else { return None };
    let words = parts.iter().find_map(offered)?;
    let mut renderer = Renderer::new(schema, dialect);
    let mut bound = || renderer.operand(words, Form::Plain, None::<&Scope<'_>>);
    let text = dialect.offers_many(schema.model(shape.model), &mut bound)?;
    let (text, bindings) = dialect.finish(text, renderer.bindings);
    let rest = parts.iter().filter(|part| offered(part).is_none()).cloned();
    let plain = ReadShape { filter: Filter::all(rest), ..shape.clone() };
    let page = render_page(schema, dialect, &plain);
    Some(Box::new(Common { probe: CountText { text: text.into(), bindings }, page }))
}

fn offered(filter: &Filter) -> Option<&Operand> {
    match filter {
        Filter::Offered { words, .. } => Some(words),
        _ => None,
    }
}
