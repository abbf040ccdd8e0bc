//! Rendered steps of a write plan.

use purlin_core::schema::FieldId;

use crate::binding::Binding;
use crate::decode::Decode;
use crate::read_statement::Table;

/// One statement of a plan.
#[derive(Clone, Debug)]
pub struct WriteStatement {
    pub text: String,
    pub bindings: Vec<Binding>,
    /// Columns of the result, in its order.
    pub returning: Vec<Returned>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub field: FieldId,
    pub decode: Decode,
}

/// What a step does to tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    pub table: Table,
    /// Rows may vanish or change their key, so foreign keys carry the change on.
    pub cascades: bool,
}
