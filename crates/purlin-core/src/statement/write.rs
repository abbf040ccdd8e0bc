//! Writes: one plan, executed start to finish in one transaction without returning to the
//! caller in between. Steps run in order; the first that fails undoes the whole plan.

use std::sync::Arc;

use super::{Filter, ParamId, Read};
use crate::error::Error;
use crate::schema::{FieldId, ModelId};
use crate::sink::RowSink;
use crate::value::Value;

#[derive(Clone, Debug, Default)]
pub struct WritePlan {
    pub steps: Vec<Step>,
    /// What the steps' `ParamId`s stand for.
    pub params: Vec<Value>,
    /// What goes into the sink.
    pub result: Option<WriteResult>,
}

/// A row that a step has read or written, for later steps of the same plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoadSlot(pub u32);

#[derive(Clone, Debug)]
pub enum Step {
    /// Reads one row; scope 0 of the filter is the row.
    Load {
        slot: LoadSlot,
        model: ModelId,
        fields: Vec<FieldId>,
        filter: Filter,
        expect: Expect,
    },
    /// The filter, over no row (values and `Exists` only), must hold.
    Check {
        filter: Filter,
        failure: CheckFailure,
    },
    Insert(Insert),
    Update(Update),
    /// Deletes the rows of the filter (scope 0).
    Delete {
        model: ModelId,
        filter: Filter,
        expect: Expect,
    },
    /// Adds (or, `remove`, takes away) one pair of a join table; adding a pair twice is no error.
    Link {
        model: ModelId,
        relation: FieldId,
        local: WriteValue,
        target: WriteValue,
        remove: bool,
    },
    /// Calls back into the core with a loaded row: rules that no SQL can express.
    Validate {
        slot: LoadSlot,
        rule: Arc<dyn RowRule>,
    },
}

/// A rule over a loaded row (its fields in the order of the `Load` step).
pub trait RowRule: Send + Sync + std::fmt::Debug {
    fn check(&self, fields: &[(FieldId, Value)]) -> Result<(), Error>;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Insert {
    pub model: ModelId,
    /// Columns given; the others take the database's default or null.
    pub values: Vec<(FieldId, WriteValue)>,
    /// Where the inserted row's key and `returning` go, for later steps and the outcome.
    pub slot: Option<LoadSlot>,
    pub returning: Vec<FieldId>,
    /// With `ResultRows::Inserted`: the columns that are answered, in this order.
    pub shown: Vec<FieldId>,
}

#[derive(Clone, Debug)]
pub struct Update {
    pub model: ModelId,
    pub changes: Vec<(FieldId, Change)>,
    pub filter: Filter,
    pub expect: Expect,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    Set(WriteValue),
    /// Where the row as it was satisfies the condition (scope 0); else the value stays.
    SetWhere {
        value: WriteValue,
        condition: Filter,
    },
    Increment(ParamId),
    Decrement(ParamId),
    Multiply(ParamId),
    Divide(ParamId),
    /// The parameter is a list.
    Push(ParamId),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WriteValue {
    Param(ParamId),
    /// A column of an earlier step's row.
    Loaded {
        slot: LoadSlot,
        field: FieldId,
    },
}

/// How many rows must be touched.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there are a few in a plan, each made once")]
pub enum Expect {
    /// Exactly one. When none is: `denied` if a row satisfies `readable` (scope 0), else `absent`.
    One {
        readable: Filter,
        denied: CheckFailure,
        absent: CheckFailure,
    },
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckFailure {
    /// A policy refuses; for developers: which rules of which model.
    Denied(String),
    NotFound,
    /// Under a field of the input.
    Invalid {
        path: String,
        message: String,
    },
}

/// The answer of a write: columns of the rows written, never of others, since everybody who writes
/// waits while it is put together.
#[derive(Clone, Debug)]
pub struct WriteResult {
    pub rows: ResultRows,
    /// Written as a list, else as the one value.
    pub as_list: bool,
}

#[derive(Clone, Debug)]
pub enum ResultRows {
    /// Each row as it is inserted: its `Insert::shown`.
    Inserted,
    /// One read per row written, in order, each with `Cardinality::One`, in the same transaction after the
    /// steps. A row that the actor may not read is written as `null`. Their `Loaded` operands see the plan's
    /// slots.
    Read(Vec<Read>),
}

pub struct WriteOutcome {
    /// Rows inserted, updated or deleted by the last such step.
    pub rows: u64,
    /// Rows that steps have loaded or inserted, by slot.
    pub loaded: Vec<(LoadSlot, Vec<(FieldId, Value)>)>,
    /// The sink that was given, with the result in it.
    pub sink: Box<dyn RowSink>,
}

impl std::fmt::Debug for WriteOutcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WriteOutcome").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl CheckFailure {
    pub fn to_error(&self) -> Error {
        match self {
            Self::Denied(text) => Error::Denied(text.clone()),
            Self::NotFound => Error::NotFound,
            Self::Invalid { path, message } => Error::invalid(path.clone(), message.clone()),
        }
    }
}
