//! Rows after a given row, or from one on: the condition that begins a page by key.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::SortOrder;
use purlin_core::statement::ParamId;

use super::order::SortTerm;
use super::renderer::{Renderer, never};
use crate::value::encode;

/// Where a page begins, by the keys of a row in the order of the sort terms.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub keys: Vec<Bson>,
    /// The row itself is one of the page.
    pub is_inclusive: bool,
}

impl Renderer<'_> {
    /// Behind the values that a request gives for the sort terms, position by position; `None` is null.
    pub(super) fn after(&self, terms: &[SortTerm<'_>], values: &[Option<ParamId>]) -> Start {
        let bound = |(value, term): (&Option<ParamId>, &SortTerm<'_>)| {
            value.map_or(Bson::Null, |param| encode(self.sources.param(param), Some(term.kind.element)))
        };
        Start { keys: values.iter().zip(terms).map(bound).collect(), is_inclusive: false }
    }
}

impl Start {
    pub(super) fn condition(&self, terms: &[SortTerm<'_>]) -> Document {
        let mut branches = Vec::with_capacity(terms.len() + 1);
        let mut equal: Vec<Document> = Vec::new();
        let present = |key: &Bson| (*key != Bson::Null).then(|| key.clone());
        for (term, key) in terms.iter().zip(&self.keys) {
            let mut branch = equal.clone();
            branch.push(beyond(term, present(key).as_ref()));
            branches.push(doc! { "$and": branch });
            equal.push(doc! { &term.path: key.clone() });
        }
        let Some(first) = terms.first() else { return never() };
        if self.is_inclusive {
            branches.push(doc! { "$and": equal });
        }
        match self.keys.first().and_then(present) {
            // Implied by the branches, and what an index can search by.
            Some(key) if !first.is_nullable || first.nulls_first => {
                let sign = if first.direction == SortOrder::Ascending { "$gte" } else { "$lte" };
                doc! { "$and": [{ &first.path: { sign: key } }, { "$or": branches }] }
            }
            _ => doc! { "$or": branches },
        }
    }
}

/// The key comes after the value.
fn beyond(term: &SortTerm<'_>, value: Option<&Bson>) -> Document {
    let path = term.path.as_str();
    match value {
        Some(value) => {
            let sign = if term.direction == SortOrder::Ascending { "$gt" } else { "$lt" };
            // It looks at values of the same type only, which null is not.
            let further = doc! { path: { sign: value.clone() } };
            if term.is_nullable && !term.nulls_first {
                doc! { "$or": [further, { path: Bson::Null }] }
            } else {
                further
            }
        }
        None if term.nulls_first => doc! { path: { "$ne": Bson::Null } },
        None => never(),
    }
}
