//! Rows put into tables just as they are, many at a time: no rule, default or counter speaks, and nothing is looked
//! up. For tables that nobody else uses yet, such as those that data is moved into.

use crate::schema::{FieldId, ModelId};
use crate::value::Value;

/// Where rows stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heap {
    Model(ModelId),
    /// The pairs of an implicit many-to-many relation, named by one of its two ends.
    Pairs(ModelId, FieldId),
}

/// All of it is one transaction.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Emptied first.
    pub emptied: Vec<Heap>,
    pub rows: Vec<Rows>,
    pub outcome: LoadOutcome,
}

/// Several rows of one table.
#[derive(Clone, Debug)]
pub struct Rows {
    pub heap: Heap,
    /// What each row gives: columns of the model, or nothing for pairs, whose two values are that end's key and the
    /// other's.
    pub fields: Vec<FieldId>,
    /// Row by row.
    pub values: Vec<Value>,
}

/// What becomes of the transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadOutcome {
    #[default]
    Kept,
    /// Undone: to hear whether the database would have taken it.
    Undone,
}

impl Rows {
    /// Values of one row.
    pub fn width(&self) -> usize {
        match self.heap {
            Heap::Model(_) => self.fields.len(),
            Heap::Pairs(..) => 2,
        }
    }
}
