//! Reads: which rows, which columns, which related rows, in what order, how many.

use std::sync::Arc;

use super::{AggregateShape, Filter, Origin, ParamId};
use crate::operation::{Count, Nulls};
use crate::schema::{FieldId, ModelId, SortOrder};
use crate::value::Value;

#[derive(Clone, Debug)]
pub struct Read {
    pub shape: Arc<ReadShape>,
    /// What the shape's `ParamId`s stand for, includes too.
    pub params: Vec<Value>,
    /// The whole set's size, in the same snapshot. Only with `Cardinality::Many`.
    pub count: Count,
}

/// A read without its values. Scope 0 of `filter` is the row read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReadShape {
    pub model: ModelId,
    pub cardinality: Cardinality,
    /// In the order of the answer.
    pub columns: Vec<Column>,
    /// After the columns, in this order.
    pub includes: Vec<Include>,
    /// `_count`, last; an object of numbers.
    pub counts: Vec<RelationCount>,
    pub filter: Filter,
    /// Ends with the primary key wherever pages need a total order.
    pub order: Vec<SortKey>,
    /// Keyset page: rows after these values in `order`, position by position (`None` is null).
    pub after: Option<Vec<Option<ParamId>>>,
    /// The page begins with the row of this filter, which finds one at most (scope 0 is that row); without it there
    /// are no rows. It need not satisfy the other filter.
    pub from: Option<Box<Filter>>,
    /// Part of the shape, so that engines plan for a page rather than for any number of rows.
    pub limit: Option<u64>,
    pub offset: Option<ParamId>,
    /// The rows are picked in `order` and answered the other way round.
    pub is_backward: bool,
    /// Keep the first row, in `order`, of each combination of these.
    pub distinct: Vec<FieldId>,
    /// Whether the outcome must hold the last row's sort keys.
    pub wants_last_keys: bool,
    /// The rows are not answered, but what is measured of them.
    pub aggregate: Option<Box<AggregateShape>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// At most one row; written as one object, or nothing at all.
    One,
    /// Written as a list.
    Many,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    pub field: FieldId,
    /// The value is null where this does not hold. Boxed, for few columns have one and every read carries
    /// all its columns.
    pub guard: Option<Box<Filter>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Include {
    /// A relation field of the parent's model; its name is the key in the answer.
    pub relation: FieldId,
    /// The relation is shown (else null or an empty list) only where this holds of the parent.
    pub guard: Option<Box<Filter>>,
    pub shape: Box<IncludeShape>,
}

/// The related rows. Scope 0 of `filter` is the related row; the parent is not in scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IncludeShape {
    pub columns: Vec<Column>,
    pub includes: Vec<Include>,
    pub counts: Vec<RelationCount>,
    pub filter: Filter,
    /// To-many only, like limit and offset, which count per parent.
    pub order: Vec<SortKey>,
    pub limit: Option<u64>,
    pub offset: Option<ParamId>,
    /// As of `ReadShape`.
    pub is_backward: bool,
    /// Per parent.
    pub distinct: Vec<FieldId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationCount {
    pub relation: FieldId,
    /// Scope 0 is the related row.
    pub filter: Filter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    pub target: SortTarget,
    pub direction: SortOrder,
    /// `None`: null is the smallest value.
    pub nulls: Option<Nulls>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SortTarget {
    /// Like `Operand::Column` from the row itself; counts as null where a guard fails. Each guard
    /// sees, as scope 0, the row that holds `field`.
    Column { relations: Vec<SortHop>, field: FieldId, guard: Option<Filter> },
    /// The number of related rows that satisfy the filter (scope 0 is the related row).
    Count { relation: FieldId, filter: Filter },
    /// The sum of the numbers of those filters that hold of the row (scope 0).
    Sum(Vec<(Filter, u32)>),
}

impl SortKey {
    /// The same key in an order that goes the other way, nulls too.
    #[must_use]
    pub fn reversed(self) -> Self {
        let direction = match self.direction {
            SortOrder::Ascending => SortOrder::Descending,
            SortOrder::Descending => SortOrder::Ascending,
        };
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { target: self.target, direction, nulls }
    }
}

/// One to-one relation on the way to a sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortHop {
    pub relation: FieldId,
    /// The related row counts as absent where this fails (scope 0 is the related row).
    pub filter: Filter,
}

/// What a read found besides the rows in the sink.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOutcome {
    pub rows: usize,
    /// Whether more rows follow the limit.
    pub has_more: bool,
    pub total: Option<Total>,
    /// With `wants_last_keys`, and where more rows follow: the values of `order` in the last row.
    pub last_keys: Option<Vec<Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub rows: u64,
    pub is_capped: bool,
}

impl Origin {
    /// The row of the innermost scope.
    pub const ROW: Self = Self::Scope(0);
}
