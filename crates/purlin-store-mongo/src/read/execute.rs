//! A read on a session: rows, last keys, total.

use mongodb::bson::{Bson, RawBson};
use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Filter, Read, ReadOutcome, ReadShape};
use purlin_core::value::Value;

use super::rows::{Cells, write_row};
use super::total::{Page, total};
use super::tree::Tree;
use crate::error::Failure;
use crate::render::{Renderer, Sources, Start, read_plan, start_pipeline};
use crate::value::value_of;
use crate::work::Work;

/// Whether it is several statements, which must see the same rows.
pub(crate) fn needs_snapshot(read: &Read) -> bool {
    !read.shape.includes.is_empty() || read.shape.from.is_some() || read.count != Count::None
}

pub(crate) async fn execute(
    work: &mut Work<'_>,
    read: &Read,
    sources: Sources<'_>,
    sink: &mut dyn RowSink,
) -> Result<ReadOutcome, Failure> {
    let shape = &*read.shape;
    let schema = work.schema();
    let start = match &shape.from {
        None => None,
        Some(from) => match start(work, shape, from, sources).await? {
            None => {
                sink.begin_list();
                sink.end_list();
                return Ok(ReadOutcome::default());
            }
            found => found,
        },
    };
    let plan = read_plan(&mut Renderer::new(schema, sources), shape, start);
    let (many, last_keys) = (plan.many, plan.last_keys);
    let mut tree = Tree::read(work, schema, plan.select, sources).await?;
    if let (Some(row), 0) = (plan.of_no_rows, tree.len()) {
        tree.push(row.try_into().map_err(Error::internal)?);
    }
    let limit = many.map_or(1, |many| many.limit);
    let has_more = tree.truncate(limit);
    let rows = tree.len();
    let start = sink.len();
    if many.is_some() {
        sink.begin_list();
    }
    let is_backward = many.is_some_and(|many| many.is_backward);
    for place in 0..rows {
        let number = if is_backward { rows - 1 - place } else { place };
        write_row(&tree, number, sink);
        if tree.has_overflowed() || sink.len() - start > work.max_bytes() {
            return Err(too_large().into());
        }
    }
    if many.is_some() {
        sink.end_list();
    }
    let mut outcome = ReadOutcome { rows, has_more: many.is_some() && has_more, ..ReadOutcome::default() };
    if let (Some(keys), Some(last)) = (last_keys, rows.checked_sub(1)) {
        let cells = Cells::of(tree.row(last));
        let value = |(place, kind)| match value_of(kind, cells.get(place)) {
            // Hidden lists among them.
            Value::List(items) if items.is_empty() && cells.is_null(place) => Value::Null,
            value => value,
        };
        outcome.last_keys = Some(keys.into_iter().map(value).collect());
    }
    if let (Some(many), false) = (many, read.count == Count::None) {
        let page = Page { rows, has_more: outcome.has_more, offset: many.offset, is_keyset: many.is_keyset };
        outcome.total = Some(total(work, shape, read.count, page, sources).await?);
    }
    Ok(outcome)
}

/// Where a page begins: a read of its own, for only as values do the keys lead through an index.
async fn start(
    work: &mut Work<'_>,
    shape: &ReadShape,
    from: &Filter,
    sources: Sources<'_>,
) -> Result<Option<Start>, Failure> {
    let (collection, pipeline) = start_pipeline(&mut Renderer::new(work.schema(), sources), shape, from);
    let found = work.rows(&collection, pipeline).await?;
    let Some(row) = found.first() else { return Ok(None) };
    let cells = Cells::of(row);
    let key = |place| match cells.get(place) {
        Some(value) => Bson::try_from(RawBson::from(value)).map_err(Error::internal),
        None => Ok(Bson::Null),
    };
    let keys = (0..shape.order.len()).map(key).collect::<Result<_, _>>()?;
    Ok(Some(Start { keys, is_inclusive: true }))
}

pub(super) fn too_large() -> Error {
    Error::TooLarge("the answer is too long; ask for fewer rows or fields".to_owned())
}
