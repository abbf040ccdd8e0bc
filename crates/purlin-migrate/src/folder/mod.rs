//! Migrations as files: `migrations/<datasource>/<14 digits>_<name>/` with `up.sql`, `down.sql`,
//! `snapshot.json` and `plan.json`. Each snapshot names its parent by hash, so that nothing can
//! be put between two of them unseen.

mod name;
mod plan;
mod read;
mod snapshot;
mod write;

pub use name::MigrationName;
pub use plan::{Baseline, PlanFile, Squashed};
pub use read::Migration;
pub(crate) use read::{load, load_loose};
pub use snapshot::{Parent, Snapshot};
pub(crate) use write::{remove, without, write, write_snapshot};

/// Of the files' form. A higher one was written by a newer Purlin.
pub(crate) const VERSION: u32 = 1;
