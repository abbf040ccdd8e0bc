//! Writes: one plan, executed start to finish in one transaction without returning to the
//! caller in between. Steps run in order; the first that fails undoes the whole plan.

use std::sync::Arc;

use super::{Filter, ParamId, Read};
use crate::error::Error;
use crate::schema::{FieldId, ModelId};
use crate::sink::{RowSink, ValueRef};
use crate::value::Value;

#[derive(Clone, Debug, Default)]
pub struct WritePlan {
    pub steps: Vec<Step>,
    /// What the steps' `ParamId`s stand for.
    pub params: Vec<Value>,
    /// What goes into the sink.
    pub result: Option<WriteResult>,
    /// Whether the outcome tells what each step has touched.
    pub wants_rows: bool,
    /// What is done with the answer when it stands in the sink, in the same transaction.
    pub kept: Option<Kept>,
}

/// A write of the answer itself, so that it can be given again.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Holds the answer's text, as this field.
    pub slot: LoadSlot,
    pub field: FieldId,
    pub update: Update,
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
    /// Takes away the pairs of a join table that lead from `local` to rows that satisfy the filter (scope 0).
    Unlink {
        model: ModelId,
        relation: FieldId,
        local: WriteValue,
        filter: Filter,
    },
    /// Calls back into the core with a loaded row: rules that no SQL can express.
    Validate {
        slot: LoadSlot,
        rule: Arc<dyn RowRule>,
    },
    /// Calls back into the core with the JSON text of a row, empty where there is none.
    Judge {
        read: Read,
        rule: Arc<dyn AnswerRule>,
    },
    /// Passes over the next `steps` steps where the slot holds a row (`if_loaded`), or where it holds none. So a plan
    /// goes one of two ways without returning to the caller in between.
    Skip {
        slot: LoadSlot,
        if_loaded: bool,
        steps: u32,
    },
}

/// A rule over a loaded row (its fields in the order of the `Load` step).
pub trait RowRule: Send + Sync + std::fmt::Debug {
    fn check(&self, fields: &[(FieldId, Value)]) -> Result<(), Error>;
}

/// A rule over a row as it would be answered.
pub trait AnswerRule: Send + Sync + std::fmt::Debug {
    fn check(&self, answer: &str) -> Result<(), Error>;
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
    /// A row whose unique key is taken is left out, rather than that the plan fails. Such an insert has no slot and
    /// shows nothing.
    pub skips_duplicates: bool,
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
    /// In order, in the same transaction after the steps.
    Parts(Vec<ResultPart>),
}

#[derive(Clone, Debug)]
pub enum ResultPart {
    /// A row written: a read with `Cardinality::One`, whose `Loaded` operands see the plan's slots. A row that the
    /// actor may not read is written as `null`.
    Row(Read),
    /// `{"count": n}`: how many rows these steps have touched.
    Count(Vec<usize>),
    Null,
}

pub struct WriteOutcome {
    /// Rows inserted, updated or deleted by the last such step.
    pub rows: u64,
    /// With `wants_rows`: what each step has touched, zero where it was passed over.
    pub by_step: Vec<u64>,
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

impl WritePlan {
    /// Whether it goes one way or another by what it finds: somebody else may be quicker, so that the way it went is
    /// blocked, and another try goes the other.
    pub fn has_ways(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Skip { .. }))
    }

    /// Whether stores must keep what each step has touched.
    pub fn keeps_rows(&self) -> bool {
        let counts = |part: &ResultPart| matches!(part, ResultPart::Count(_));
        self.wants_rows
            || match self.result.as_ref().map(|result| &result.rows) {
                Some(ResultRows::Parts(parts)) => parts.iter().any(counts),
                Some(ResultRows::Inserted) | None => false,
            }
    }
}

impl ResultPart {
    /// `{"count": n}`: what these steps have touched.
    pub fn write_count(steps: &[usize], by_step: &[u64], sink: &mut dyn RowSink) {
        let rows: u64 = steps.iter().filter_map(|step| by_step.get(*step)).sum();
        sink.begin_object();
        sink.key("count");
        sink.value(ValueRef::Int(i64::try_from(rows).unwrap_or(i64::MAX)));
        sink.end_object();
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
