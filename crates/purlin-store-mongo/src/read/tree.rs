//! Rows with rows below them: each level is read by one pipeline for all its parents, and put together when
//! everything is there.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;

use mongodb::bson::{Bson, RawDocument, RawDocumentBuf};
use purlin_core::error::Error;
use purlin_core::schema::Schema;
use purlin_core::sink::{RowSink, ValueRef};

use super::rows::{Cells, write_row};
use crate::error::Failure;
use crate::render::{Child, Renderer, RowPlan, Select, Sources, child_select};
use crate::value::raw_key;
use crate::work::Work;

#[derive(Debug)]
pub(super) struct Tree<'s> {
    plan: RowPlan<'s>,
    rows: Vec<RawDocumentBuf>,
    branches: Vec<Branch<'s>>,
    /// Rows below are written once for each parent that leads to them, so what is written can be far more
    /// than what was read.
    max_bytes: usize,
    has_overflowed: Cell<bool>,
}

#[derive(Debug)]
struct Branch<'s> {
    child: Child<'s>,
    /// None where no parent leads to any row.
    tree: Option<Tree<'s>>,
    /// Row numbers in `tree` by the parent's key.
    groups: HashMap<Vec<u8>, Vec<usize>, foldhash::fast::RandomState>,
}

type Reading<'f, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'f>>;

impl<'s> Tree<'s> {
    /// The rows, and everything below them.
    pub(super) fn read<'f>(
        work: &'f mut Work<'_>,
        schema: &'s Schema,
        select: Select<'s>,
        sources: Sources<'s>,
    ) -> Reading<'f, Self>
    where
        's: 'f,
    {
        Box::pin(async move {
            let Select { collection, pipeline, row: plan, children } = select;
            let rows = work.rows(&collection, pipeline).await?;
            let mut branches = Vec::with_capacity(children.len());
            for child in children {
                branches.push(Branch::read(work, schema, child, &rows, sources).await?);
            }
            let max_bytes = work.max_bytes();
            Ok(Self { plan, rows, branches, max_bytes, has_overflowed: Cell::new(false) })
        })
    }

    pub(super) fn plan(&self) -> &RowPlan<'s> {
        &self.plan
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    #[expect(clippy::indexing_slicing, reason = "numbers are positions given out by this very tree")]
    pub(super) fn row(&self, number: usize) -> &RawDocument {
        &self.rows[number]
    }

    pub(super) fn push(&mut self, row: RawDocumentBuf) {
        self.rows.push(row);
    }

    /// Whether there were more.
    pub(super) fn truncate(&mut self, limit: usize) -> bool {
        let has_more = self.rows.len() > limit;
        self.rows.truncate(limit);
        has_more
    }

    /// Whether writing stopped before everything was written.
    pub(super) fn has_overflowed(&self) -> bool {
        self.has_overflowed.get()
    }

    pub(super) fn write_child(&self, number: usize, parent: &Cells<'_>, sink: &mut dyn RowSink) {
        let Some(branch) = self.branches.get(number) else { return sink.value(ValueRef::Null) };
        let child = &branch.child;
        let key = if is_shown(child, parent) { key_of(&child.parent_keys, parent) } else { None };
        let numbers = key.and_then(|key| branch.groups.get(&key));
        let numbers = numbers.map_or(&[][..], Vec::as_slice);
        let Some(tree) = &branch.tree else {
            return if child.is_list { sink.value(ValueRef::Json("[]")) } else { sink.value(ValueRef::Null) };
        };
        if child.is_list {
            sink.begin_list();
            for number in numbers {
                if sink.len() > self.max_bytes {
                    self.has_overflowed.set(true);
                    break;
                }
                write_row(tree, *number, sink);
            }
            sink.end_list();
        } else {
            match numbers.first() {
                Some(number) => write_row(tree, *number, sink),
                None => sink.value(ValueRef::Null),
            }
        }
        if tree.has_overflowed() {
            self.has_overflowed.set(true);
        }
    }
}

impl<'s> Branch<'s> {
    async fn read(
        work: &mut Work<'_>,
        schema: &'s Schema,
        child: Child<'s>,
        parents: &[RawDocumentBuf],
        sources: Sources<'s>,
    ) -> Result<Self, Failure> {
        let mut known = HashSet::<_, foldhash::fast::RandomState>::default();
        let mut keys = Vec::new();
        for parent in parents {
            let cells = Cells::of(parent);
            if is_shown(&child, &cells)
                && let Some(key) = key_of(&child.parent_keys, &cells)
                && known.insert(key)
            {
                keys.push(key_values(&child.parent_keys, &cells)?);
            }
        }
        let mut groups: HashMap<Vec<u8>, Vec<usize>, _> = HashMap::default();
        if keys.is_empty() {
            return Ok(Self { child, tree: None, groups });
        }
        let Some((select, child_keys)) = child_select(&mut Renderer::new(schema, sources), &child, &keys)
        else {
            return Ok(Self { child, tree: None, groups });
        };
        let tree = Tree::read(work, schema, select, sources).await?;
        for (number, row) in tree.rows.iter().enumerate() {
            if let Some(key) = key_of(&child_keys, &Cells::of(row)) {
                groups.entry(key).or_default().push(number);
            }
        }
        if child.include.shape.is_backward {
            groups.values_mut().for_each(|group| group.reverse());
        }
        Ok(Self { child, tree: Some(tree), groups })
    }
}

fn is_shown(child: &Child<'_>, parent: &Cells<'_>) -> bool {
    child.shown.is_none_or(|place| parent.is_true(place))
}

/// A key as bytes; `None` where a part is null, which refers to nothing.
fn key_of(places: &[usize], cells: &Cells<'_>) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(16);
    for place in places {
        key.extend(raw_key(cells.get(*place))?);
    }
    Some(key)
}

fn key_values(places: &[usize], cells: &Cells<'_>) -> Result<Vec<Bson>, Failure> {
    let value = |place: &usize| match cells.get(*place) {
        Some(value) => Bson::try_from(mongodb::bson::RawBson::from(value)).map_err(Error::internal),
        None => Ok(Bson::Null),
    };
    Ok(places.iter().map(value).collect::<Result<_, _>>()?)
}
