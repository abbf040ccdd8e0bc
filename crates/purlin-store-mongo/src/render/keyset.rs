//! Rows after a given row: the condition that continues a page by key.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::SortOrder;
use purlin_core::statement::ParamId;

use super::order::SortTerm;
use super::renderer::{Renderer, never};
use crate::value::encode;

impl Renderer<'_> {
    /// `values` stand for the sort terms, position by position; `None` is null.
    pub(super) fn after(&self, terms: &[SortTerm<'_>], values: &[Option<ParamId>]) -> Document {
        let values: Vec<Option<Bson>> = values
            .iter()
            .zip(terms)
            .map(|(value, term)| {
                value.map(|param| encode(self.sources.param(param), Some(term.kind.element)))
            })
            .collect();
        let mut branches = Vec::with_capacity(terms.len());
        let mut equal: Vec<Document> = Vec::new();
        for (term, value) in terms.iter().zip(&values) {
            let mut branch = equal.clone();
            branch.push(beyond(term, value.as_ref()));
            branches.push(doc! { "$and": branch });
            equal.push(doc! { &term.path: value.clone().unwrap_or(Bson::Null) });
        }
        let Some(first) = terms.first() else { return never() };
        match values.first() {
            // Implied by the branches, and what an index can search by.
            Some(Some(value)) if !first.is_nullable || first.nulls_first => {
                let sign = if first.direction == SortOrder::Ascending { "$gte" } else { "$lte" };
                doc! { "$and": [{ &first.path: { sign: value.clone() } }, { "$or": branches }] }
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
