//! The policy oracle: random schemas, rows, rules and actors; every answer of the store is compared with what
//! the in-memory evaluator says. A failure prints its seed and the schema.

mod case;
mod draw_query;
mod draw_rules;
mod draw_schema;
mod draw_write;
mod expect;
mod expect_filter;
mod expect_write;
mod reads;
mod rng;
mod run;
mod seed;
mod tally;
mod world;
mod writes;

pub use case::Counting;
pub use run::{run, run_some};
pub use seed::{MakeStore, run_seed};
pub use tally::Tally;
