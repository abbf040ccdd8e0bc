//! What a store executes: the guarded form of an operation. A statement is a shape without
//! values, and the values apart: equal shapes render to equal text, so the shape itself is
//! the key of a store's statement cache. Only the policy module makes `Guarded` ones.

mod aggregate;
mod filter;
mod guarded;
mod load;
mod read;
mod write;

pub use aggregate::{AggregateShape, GroupFilter, GroupSort, Measured, Member, Term};
pub use filter::{Constant, Filter, JsonOp, ListEnd, Loaded, Operand, Origin, ParamId};
pub use guarded::Guarded;
pub use load::{Heap, Load, LoadOutcome, Rows};
pub use read::{
    Cardinality, Column, Include, IncludeShape, Read, ReadOutcome, ReadShape, RelationCount, SortHop,
    SortKey, SortTarget, Total,
};
pub use write::{
    AnswerRule, Change, CheckFailure, Expect, Insert, Kept, LoadSlot, ResultPart, ResultRows, RowRule, Step,
    Update, WriteOutcome, WritePlan, WriteResult, WriteValue,
};
