//! The commands behind `purlin dev` and `purlin migrate`. Each may be called again with more
//! answers or permissions: what needs a person comes back as [`Error::Unanswered`] or
//! [`Error::Guarded`] before anything is changed.

mod baseline;
mod compare;
mod deploy;
mod dev;
mod draft;
mod drift;
mod fill;
mod migrator;
mod plan;
mod prisma;
mod rebase;
mod record;
mod rollback;
mod rolling;
mod situation;
mod squash;
mod status;

pub use baseline::{TakeOver, TakenOver};
pub use compare::{Comparison, Side};
pub use deploy::Deployed;
pub use dev::Applied;
pub use drift::Drift;
pub use migrator::Migrator;
pub use plan::{Consent, Plan};
pub use rebase::Rebased;
pub use record::{MigrateDev, Recorded, Written};
pub use rollback::{Back, RolledBack};
pub use squash::Squash;
pub use status::{AppliedMigration, Status};
