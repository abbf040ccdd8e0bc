//! Two schemas to ordered steps, their history, and the guard against losing data.
//! Opens no connection and asks nobody: callers bring a [`MigrationConnection`], and answers.

mod adopt;
mod commands;
mod connection;
mod database;
mod dialect;
mod diff;
mod engine;
mod error;
mod folder;
mod guard;
mod introspect;
mod physical;
mod pull;
mod render;
mod script;

pub use commands::{
    Applied, AppliedMigration, Back, Comparison, Consent, Deployed, Drift, MigrateDev, Migrator, Plan,
    Rebased, Recorded, RolledBack, Side, Squash, Status, TakeOver, TakenOver, Written,
};
pub use connection::{Backup, DatabaseError, Failure, MigrationConnection, Row};
pub use dialect::MigrationDialect;
pub use diff::{
    Answer, Answers, Change, ColumnRename, Difference, EnumColumn, MemberRename, Phase, Question, Rename,
    Renames, Step, diff,
};
pub use engine::sqlite::sqlite_backup;
pub use error::Error;
pub use folder::{Baseline, Migration, MigrationName, Parent, PlanFile, Snapshot, Squashed};
pub use guard::{Accepted, Finding, FindingCode, findings};
pub use introspect::introspect;
pub use physical::{
    Action, Column, EnumMember, Enumeration, Fill, FillKind, ForeignKey, Index, IndexKey, IndexPart,
    PhysicalSchema, PrimaryKey, Table, physical,
};
pub use pull::{Pull, Pulled, pull};
pub use render::{Direction, Rendered, render};
pub use script::{checksum, statements};
