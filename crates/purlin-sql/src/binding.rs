//! What is bound at each placeholder of a statement, and in which form.

use purlin_core::schema::FieldId;
use purlin_core::statement::{LoadSlot, ParamId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub source: Source,
    pub form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Param(ParamId),
    /// A column that an earlier step of the plan has read or written.
    Loaded(LoadSlot, FieldId),
    /// Part of the statement itself, such as the path into a JSON document.
    Constant(Box<str>),
    /// How far a capped count counts, and one row more.
    CapPlusOne,
    /// The keys of the parents of an include, as one JSON array.
    ParentKeys,
}

/// How a value is written down. Values that are compared inside JSON arrays take the form that
/// the other side has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a column holds it.
    Plain,
    /// A list, as one JSON array whose elements compare with a column.
    ColumnList,
    /// A list, as a list column holds it.
    ListColumn { is_big_int: bool },
    /// One element, as it comes out of a list column.
    Element { is_big_int: bool },
}

impl Binding {
    pub(crate) fn plain(source: Source) -> Self {
        Self { source, form: Form::Plain }
    }
}
