//! Access rules asked without a request: why somebody may do something, whether cases of a file hold, and what of one
//! tenant's rows another can reach. `question` decides by the evaluator of `purlin-core`, `loading` brings the rows that
//! it asks for, `told` says it in words with the rules' own text.

mod asking;
pub mod cases;
mod loading;
mod question;
mod subject;
pub mod tenants;
mod told;

pub use asking::{Asking, Refused};
pub use question::Verdict;
pub use subject::{Who, key_of, model_named, operation_named};
pub use told::{Told, rule_at};
