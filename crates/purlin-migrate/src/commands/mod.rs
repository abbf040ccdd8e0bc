//! The commands behind `purlin dev` and `purlin migrate`. Each may be called again with more
//! answers or permissions: what needs a person comes back as [`Error::Unanswered`] or
//! [`Error::Guarded`] before anything is changed.

mod baseline;
mod deploy;
mod dev;
mod draft;
mod fill;
mod migrator;
mod plan;
mod prisma;
mod record;
mod rollback;
mod situation;
mod status;

pub use baseline::{TakeOver, TakenOver};
pub use deploy::Deployed;
pub use dev::Applied;
pub use migrator::Migrator;
pub use plan::{Consent, Plan};
pub use record::{MigrateDev, Recorded, Written};
pub use rollback::{Back, RolledBack};
pub use status::{AppliedMigration, Status};
