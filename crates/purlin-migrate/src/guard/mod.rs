//! The guard: what a change would lose, or why it cannot run, counted on the live rows.

mod accepted;
mod finding;
mod findings;
mod probe;
mod probes;
mod strangers;

pub use accepted::Accepted;
pub use finding::{Finding, FindingCode};
pub use findings::findings;
pub(crate) use findings::findings_back;
pub(crate) use strangers::with_strangers;
