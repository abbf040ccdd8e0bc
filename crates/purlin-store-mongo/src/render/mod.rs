//! Guarded statements as aggregation pipelines. Each is built anew with its values in it, which costs
//! microseconds: a shape without values would have to be walked all the same to put them in.

mod aggregate;
mod expression;
mod filter;
mod include;
mod json_test;
mod keyset;
mod list_test;
mod operand;
mod order;
mod read;
mod relation;
mod renderer;
mod row;
mod text;

pub(crate) use include::child_select;
pub(crate) use keyset::Start;
pub(crate) use read::{Select, count_pipeline, read_plan, start_pipeline};
pub(crate) use renderer::{Frame, Renderer, Sources, reference};
pub(crate) use row::{Child, Output, Projection, RowPlan};
