//! Reading many rows: which, in what order, which page.

use super::{Search, Selection, Where};
use crate::schema::{FieldId, SortOrder};
use crate::value::Value;

#[derive(Clone, Debug)]
pub struct Query {
    pub filter: Where,
    pub order: Vec<Order>,
    pub selection: Selection,
    pub page: Page,
    pub count: Count,
    /// Prisma's `distinct`; empty for none.
    pub distinct: Vec<FieldId>,
}

/// The row of a unique key (the id, or any unique fields together), with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub fields: Vec<(FieldId, Value)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub target: OrderTarget,
    pub direction: SortOrder,
    /// `None`: null is the smallest value.
    pub nulls: Option<Nulls>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OrderTarget {
    /// A column, possibly of a row reached through to-one relations.
    Field { relations: Vec<FieldId>, field: FieldId },
    /// The number of related rows.
    Count { relation: FieldId },
    /// How well a row answers a search: each of its words counts once for each field that has it, fields that the
    /// schema names first for more.
    Relevance(Search),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    First,
    Last,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// Skip so many, take at most so many; `None` takes all (includes only).
    Offset {
        skip: u64,
        take: Option<u64>,
    },
    /// Keyset pages: the values of the order's keys in the last row seen, `None` for the first page.
    Cursor {
        after: Option<Vec<Value>>,
        take: u64,
    },
    Window(Window),
}

/// Rows beside a row, or at the end of the set: Prisma's `cursor` and negative `take`. They come in the order
/// asked for, whichever way they are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The first row counted is the one of this key; without it, the first of the set or the last.
    pub from: Option<Key>,
    /// Towards the beginning of the set.
    pub is_backward: bool,
    pub skip: u64,
    pub take: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    None,
    /// Exact up to this many.
    Capped(u32),
    Exact,
}
