//! Query strings and query bodies to typed queries. Every problem is named, not only the first;
//! nothing unknown is ignored.

mod aggregate;
mod document;
mod filter;
mod list;
mod order;
mod selection;
mod text;
mod tree;
mod weight;

pub use aggregate::{AggregateRequest, aggregate, aggregate_query, count};
pub(crate) use list::{Creating, creating, filter, unparameterized};
pub use list::{ListRequest, list, query, selected};
pub(crate) use weight::check_filter;
