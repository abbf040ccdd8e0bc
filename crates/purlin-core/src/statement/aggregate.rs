//! Measures of the rows that a read finds, instead of the rows.

use super::{Column, ParamId};
use crate::operation::{Function, Nulls};
use crate::schema::{CompareOp, SortOrder};

/// Without keys all rows are one group, also if there are none; the read's order and page are those of the rows
/// that are measured. With keys there is a row for each group, and the read's page is one of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AggregateShape {
    pub keys: Vec<Column>,
    /// The columns that are measured.
    pub values: Vec<Column>,
    pub measures: Vec<Measured>,
    pub having: GroupFilter,
    /// Of the groups; ends with all keys.
    pub order: Vec<GroupSort>,
    /// In the order of the answer.
    pub answer: Vec<Member>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Measured {
    pub function: Function,
    /// A position among the values; none where rows are counted.
    pub value: Option<usize>,
}

/// What is known of a group, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    Key(usize),
    Measure(usize),
}

/// A condition on groups, two-valued like `Filter`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupFilter {
    All(Vec<GroupFilter>),
    Any(Vec<GroupFilter>),
    Not(Box<GroupFilter>),
    IsNull(Term),
    /// False where the term is null; the argument never is.
    Compare {
        term: Term,
        op: CompareOp,
        argument: ParamId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupSort {
    pub term: Term,
    pub direction: SortOrder,
    /// `None`: null is the smallest value.
    pub nulls: Option<Nulls>,
}

/// A member of an answered object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// Under the field's name.
    Key(usize),
    Measure {
        name: &'static str,
        measure: usize,
    },
    /// Measures of one function, each under its field's name; `_all` where rows are counted.
    Object {
        function: Function,
        measures: Vec<usize>,
    },
}

impl Default for GroupFilter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl GroupFilter {
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}
