//! What was written since: which tables a plan may change, which a read looks at, and how often each was changed.
//! Stores count here; whoever keeps what was read asks them, and compares.

mod looked;
mod noted;
mod table;
mod versions;
mod written;

pub use looked::tables_of_read;
pub use noted::{Changes, Noting, STALE_AFTER};
pub use table::Table;
pub use versions::{Touched, Versions};
pub use written::{changes_keys, touched};
