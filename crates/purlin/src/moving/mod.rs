//! The data of one datasource from one database to another (decision 0029): read by the store port, loaded by the
//! loader port, read back from both and compared. It knows engines by those two ports alone, but for the structure of
//! the target, which is the migrations' business.

mod copy;
mod counts;
mod digest;
mod pages;
mod parts;
mod problems;
mod progress;
mod references;
mod structure;
mod survey;
mod verify;

pub use copy::{copy, save};
pub use parts::{Part, parts};
pub use progress::{Ending, Progress, State, schema_of_progress};
pub use references::require_references;
pub use structure::{Found, Structure};
pub use survey::{occupied, survey};
pub use verify::{Difference, Side, verify};

/// Why its statements pass the policies.
const REASON: &str = "db move";
