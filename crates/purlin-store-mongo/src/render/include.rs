//! Includes of many rows: one pipeline for all parents. Where each parent has a page of its own, the pipeline
//! starts from the parents and looks up a page for each, which an index on the key bounds.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::Link;
use purlin_core::statement::IncludeShape;

use super::read::{Select, page, rows};
use super::relation::Side;
use super::renderer::{Frame, Renderer, reference};
use super::row::{Child, Projection, Wanted};
use crate::names::{collection, path};

/// Where a parent's key is kept in documents that are not the parent's.
const PARENT: &str = "_purlin_parent";

/// The rows below all parents of these keys, and where in them the parts of the key stand. `None` when the
/// field is no relation.
pub(crate) fn child_select<'a>(
    renderer: &mut Renderer<'a>,
    child: &Child<'a>,
    keys: &[Vec<Bson>],
) -> Option<(Select<'a>, Vec<usize>)> {
    let shape: &'a IncludeShape = &child.include.shape;
    let is_paged = shape.limit.is_some() || shape.offset.is_some() || !shape.distinct.is_empty();
    if is_paged { renderer.paged(child, shape, keys) } else { renderer.unpaged(child, shape, keys) }
}

impl<'a> Renderer<'a> {
    /// Every row of every parent: its key is one of the parents' keys.
    fn unpaged(
        &mut self,
        child: &Child<'a>,
        shape: &'a IncludeShape,
        keys: &[Vec<Bson>],
    ) -> Option<(Select<'a>, Vec<usize>)> {
        let schema = self.schema;
        let relation = schema.model(child.model).field(child.include.relation).relation()?;
        let target = schema.model(relation.target);
        let mut frame = Frame::default();
        let mut projection = Projection::default();
        let (from, key_paths): (String, Vec<String>) = match &relation.link {
            Link::Owning { .. } | Link::Inverse { .. } => {
                let paths: Vec<String> =
                    relation.pairs().map(|(_, other)| path(target, other).to_owned()).collect();
                frame.push(doc! { "$match": among(&paths, keys) });
                (collection(target).into_owned(), paths)
            }
            Link::Join(table) => {
                frame.push(doc! { "$match": among(std::slice::from_ref(&table.local_column), keys) });
                let [lookup, unwind, _] = super::relation::joined_rows(
                    &collection(target),
                    &table.target_column,
                    path(target, table.target_key),
                );
                frame.push(lookup);
                frame.push(unwind);
                let own = reference(&table.local_column);
                frame.push(
                    doc! { "$replaceRoot": { "newRoot": { "$mergeObjects": ["$row", { PARENT: own }] } } },
                );
                (table.table.clone(), vec![PARENT.to_owned()])
            }
        };
        self.filter_stages(&shape.filter, &mut frame);
        let terms = self.sort_terms(&shape.order, relation.target, &mut frame);
        self.sort_stages(&terms, &mut frame);
        let (row, children) = self.row_plan(relation.target, wanted(shape), &mut projection, &mut frame);
        let child_keys = key_paths.iter().map(|key| projection.add(reference(key))).collect();
        frame.push(projection.stage());
        Some((Select { collection: from, pipeline: frame.stages, row, children }, child_keys))
    }

    fn paged(
        &mut self,
        child: &Child<'a>,
        shape: &'a IncludeShape,
        keys: &[Vec<Bson>],
    ) -> Option<(Select<'a>, Vec<usize>)> {
        let schema = self.schema;
        let parent = schema.model(child.model);
        let relation = parent.field(child.include.relation).relation()?;
        let own = match &relation.link {
            Link::Owning { fields, .. } | Link::Inverse { fields, .. } => fields.clone(),
            Link::Join(table) => vec![table.local_key],
        };
        let key_paths: Vec<String> = own.iter().map(|field| path(parent, *field).to_owned()).collect();
        let mut frame = Frame::default();
        frame.push(doc! { "$match": among(&key_paths, keys) });
        let (limit, offset) = (shape.limit.map(rows), self.sources.whole(shape.offset));
        let mut projection = Projection::default();
        let mut plan = None;
        let side = Side::Level(0);
        let link = (child.model, child.include.relation);
        self.lookup(&mut frame, link, &side, true, "rows", |renderer, inner| {
            renderer.filter_stages(&shape.filter, inner);
            let terms = renderer.sort_terms(&shape.order, relation.target, inner);
            if !shape.distinct.is_empty() {
                renderer.first_of_each(relation.target, &shape.distinct, &terms, inner);
            }
            renderer.sort_stages(&terms, inner);
            page(inner, offset.unwrap_or(0), limit);
            plan = Some(renderer.row_plan(relation.target, wanted(shape), &mut projection, inner));
            inner.push(std::mem::take(&mut projection).stage());
        })?;
        let (row, children) = plan?;
        // The pages hold `c0`, `c1` and so on; the key goes behind them.
        let first = key_place(&row, &children);
        let mut parts = Document::new();
        let mut child_keys = Vec::with_capacity(key_paths.len());
        for (position, key) in key_paths.iter().enumerate() {
            child_keys.push(first + position);
            parts.insert(format!("c{}", first + position), reference(key));
        }
        frame.push(doc! { "$unwind": "$rows" });
        frame.push(doc! { "$replaceRoot": { "newRoot": { "$mergeObjects": ["$rows", parts] } } });
        let collection = collection(schema.model(child.model)).into_owned();
        Some((Select { collection, pipeline: frame.stages, row, children }, child_keys))
    }
}

fn wanted(shape: &IncludeShape) -> Wanted<'_> {
    Wanted { columns: &shape.columns, includes: &shape.includes, counts: &shape.counts }
}

/// The first place that the row itself leaves free.
fn key_place(row: &super::row::RowPlan<'_>, children: &[Child<'_>]) -> usize {
    let columns = row
        .columns
        .iter()
        .chain(row.objects.iter().flat_map(|(_, members)| members))
        .map(|output| output.place);
    let children = children.iter().flat_map(|child| child.parent_keys.iter().copied().chain(child.shown));
    columns.chain(children).max().map_or(1, |last| last + 1)
}

/// The row's key is one of these.
fn among(paths: &[String], keys: &[Vec<Bson>]) -> Document {
    if let [only] = paths {
        let keys: Vec<Bson> = keys.iter().flatten().cloned().collect();
        return doc! { only: { "$in": keys } };
    }
    let all = keys.iter().map(|key| paths.iter().cloned().zip(key.iter().cloned()).collect::<Document>());
    doc! { "$or": all.collect::<Vec<_>>() }
}
