//! The pipeline of a read.

use mongodb::bson::{Document, doc};
use purlin_core::schema::{FieldId, ModelId};
use purlin_core::statement::{Cardinality, Filter, ReadShape};

use super::keyset::Start;
use super::order::SortTerm;
use super::renderer::{Frame, Renderer, or_null, reference};
use super::row::{Child, Projection, RowPlan, Wanted};
use crate::names::{collection, path};
use crate::value::Kind;

/// One pipeline, and what is read for its rows afterwards.
#[derive(Debug)]
pub(crate) struct Select<'s> {
    pub collection: String,
    pub pipeline: Vec<Document>,
    pub row: RowPlan<'s>,
    pub children: Vec<Child<'s>>,
}

#[derive(Debug)]
pub(crate) struct ReadPlan<'s> {
    pub select: Select<'s>,
    /// Only of lists.
    pub many: Option<Many>,
    /// Where the sort keys stand, if the outcome must hold the last row's.
    pub last_keys: Option<Vec<(usize, Kind<'s>)>>,
    /// The row to answer where none comes.
    pub of_no_rows: Option<Document>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Many {
    pub limit: usize,
    pub offset: usize,
    /// Rows before the page are left out by key, so that its rows tell nothing of the total.
    pub is_keyset: bool,
    /// The last row comes first in the answer.
    pub is_backward: bool,
}

/// Gives the keys, at numbered places, of the row that a page begins with, or nothing where there is none.
pub(crate) fn start_pipeline(
    renderer: &mut Renderer<'_>,
    shape: &ReadShape,
    from: &Filter,
) -> (String, Vec<Document>) {
    let mut frame = Frame::default();
    renderer.filter_stages(from, &mut frame);
    frame.push(doc! { "$limit": 1 });
    let terms = renderer.sort_terms(&shape.order, shape.model, &mut frame);
    let mut keys = doc! { "_id": 0 };
    keys.extend(terms.iter().enumerate().map(|(place, term)| (format!("c{place}"), reference(&term.path))));
    frame.push(doc! { "$project": keys });
    (collection(renderer.schema.model(shape.model)).into_owned(), frame.stages)
}

/// `start` is where the page begins, if the shape says that it begins with a row.
pub(crate) fn read_plan<'a>(
    renderer: &mut Renderer<'a>,
    shape: &'a ReadShape,
    start: Option<Start>,
) -> ReadPlan<'a> {
    if let Some(aggregate) = &shape.aggregate {
        return super::aggregate::aggregate_plan(renderer, shape, aggregate);
    }
    let model = renderer.schema.model(shape.model);
    let mut frame = Frame::default();
    renderer.filter_stages(&shape.filter, &mut frame);
    let is_many = shape.cardinality == Cardinality::Many;
    let needs_order = is_many || shape.wants_last_keys || !shape.distinct.is_empty();
    let order = if needs_order { shape.order.as_slice() } else { &[] };
    let terms = renderer.sort_terms(order, shape.model, &mut frame);
    if !shape.distinct.is_empty() {
        renderer.first_of_each(shape.model, &shape.distinct, &terms, &mut frame);
    }
    let start = start.or_else(|| Some(renderer.after(&terms, shape.after.as_ref()?)));
    if let Some(start) = &start {
        frame.push(doc! { "$match": start.condition(&terms) });
    }
    let many = is_many.then(|| Many {
        limit: shape.limit.map_or(usize::MAX, rows),
        offset: renderer.sources.whole(shape.offset).unwrap_or(0),
        is_keyset: start.is_some(),
        is_backward: shape.is_backward,
    });
    match many {
        // One row at most.
        None => frame.push(doc! { "$limit": 1 }),
        Some(many) => {
            renderer.sort_stages(&terms, &mut frame);
            // One row more tells whether more rows follow.
            page(&mut frame, many.offset, many.limit.checked_add(1));
        }
    }
    let mut projection = Projection::default();
    let wanted = Wanted { columns: &shape.columns, includes: &shape.includes, counts: &shape.counts };
    let (row, children) = renderer.row_plan(shape.model, wanted, &mut projection, &mut frame);
    let last_keys = shape
        .wants_last_keys
        .then(|| terms.iter().map(|term| (projection.add(reference(&term.path)), term.kind)).collect());
    frame.push(projection.stage());
    let collection = collection(model).into_owned();
    ReadPlan {
        select: Select { collection, pipeline: frame.stages, row, children },
        many,
        last_keys,
        of_no_rows: None,
    }
}

pub(super) fn rows(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

pub(super) fn page(frame: &mut Frame, offset: usize, limit: Option<usize>) {
    if offset > 0 {
        frame.push(doc! { "$skip": i64::try_from(offset).unwrap_or(i64::MAX) });
    }
    match limit {
        None => {}
        // The stage refuses it.
        Some(0) => frame.push(doc! { "$match": super::renderer::never() }),
        Some(limit) => frame.push(doc! { "$limit": i64::try_from(limit).unwrap_or(i64::MAX) }),
    }
}

/// Gives `{ n: rows }`, or nothing where there are none; with a `cap`, of at most one row more.
pub(crate) fn count_pipeline(
    renderer: &mut Renderer<'_>,
    shape: &ReadShape,
    cap: Option<u32>,
) -> (String, Vec<Document>) {
    let mut frame = Frame::default();
    renderer.filter_stages(&shape.filter, &mut frame);
    if !shape.distinct.is_empty() {
        let by = renderer.combination(shape.model, &shape.distinct);
        frame.push(doc! { "$group": { "_id": by } });
    }
    if let Some(cap) = cap {
        frame.push(doc! { "$limit": i64::from(cap) + 1 });
    }
    frame.push(doc! { "$count": "n" });
    (collection(renderer.schema.model(shape.model)).into_owned(), frame.stages)
}

impl Renderer<'_> {
    fn combination(&self, model: ModelId, fields: &[FieldId]) -> Document {
        let model = self.schema.model(model);
        let parts = fields.iter().enumerate();
        parts.map(|(number, field)| (format!("f{number}"), or_null(reference(path(model, *field))))).collect()
    }

    /// Keeps the first row, in the order of the terms, of each combination. It leaves them unsorted.
    pub(super) fn first_of_each(
        &mut self,
        model: ModelId,
        fields: &[FieldId],
        terms: &[SortTerm<'_>],
        frame: &mut Frame,
    ) {
        self.sort_stages(terms, frame);
        let by = self.combination(model, fields);
        frame.push(doc! { "$group": { "_id": by, "row": { "$first": "$$ROOT" } } });
        frame.push(doc! { "$replaceRoot": { "newRoot": "$row" } });
    }
}
