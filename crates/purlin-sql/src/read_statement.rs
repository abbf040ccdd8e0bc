//! A rendered read: the texts, what to bind, and how result rows become nested objects.

use purlin_core::changes::Table;
use purlin_core::statement::{Cardinality, ParamId};

use crate::binding::Binding;
use crate::decode::OutputColumn;

#[derive(Clone, Debug)]
pub struct ReadStatement {
    pub cardinality: Cardinality,
    pub select: Select,
    pub limit: Option<usize>,
    pub offset: Option<ParamId>,
    /// Whether rows before the page are left out by key, so that its rows tell nothing of the total.
    pub is_keyset: bool,
    /// The last row comes first in the answer.
    pub is_backward: bool,
    /// Where the sort keys stand, if the outcome must hold the last row's.
    pub last_keys: Option<Vec<OutputColumn>>,
    /// With `Cardinality::Many`.
    pub count: Option<CountStatement>,
    pub common: Option<Box<Common>>,
}

/// The same rows without a search index, for words that many rows have.
#[derive(Clone, Debug)]
pub struct Common {
    /// Whether so many rows have them.
    pub probe: CountText,
    pub page: ReadStatement,
}

/// One statement, and the statements for rows below its rows.
#[derive(Clone, Debug)]
pub struct Select {
    pub text: Box<str>,
    pub bindings: Vec<Binding>,
    /// Columns of the result.
    pub width: usize,
    pub row: RowPlan,
    pub children: Vec<Child>,
}

/// How a result row becomes an object.
#[derive(Clone, Debug, Default)]
pub struct RowPlan {
    pub columns: Vec<OutputColumn>,
    pub related: Vec<Related>,
    /// Objects of numbers, such as `_count`, by name.
    pub objects: Vec<(Box<str>, Vec<OutputColumn>)>,
}

#[derive(Clone, Debug)]
pub struct Related {
    pub key: Box<str>,
    pub source: RelatedSource,
}

#[derive(Clone, Debug)]
pub enum RelatedSource {
    /// A to-one relation, joined into the same result; there is a row where `present` is not null.
    Joined { present: usize, row: RowPlan },
    /// The rows of a child statement; the number is its position in `Select::children`.
    Child(usize),
}

/// Rows of an include for all parents at once.
#[derive(Clone, Debug)]
pub struct Child {
    pub select: Select,
    /// Where the parent's key stands in the parent's result.
    pub parent_keys: Vec<usize>,
    /// Where the same key stands in the child's result.
    pub child_keys: Vec<usize>,
    /// A column of the parent's result that must be true for the relation to be shown.
    pub shown: Option<usize>,
    /// Written as a list; else the first row or null.
    pub is_list: bool,
    /// The last row of each parent comes first in its list.
    pub is_backward: bool,
}

/// The size of the whole set.
#[derive(Clone, Debug)]
pub struct CountStatement {
    pub exact: CountText,
    pub capped: CountText,
    /// Every table whose rows decide the number.
    pub tables: Vec<Table>,
}

#[derive(Clone, Debug)]
pub struct CountText {
    pub text: Box<str>,
    pub bindings: Vec<Binding>,
}
