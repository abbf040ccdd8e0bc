//! The MySQL store: executes guarded statements on MySQL, MariaDB or TiDB.

mod address;
mod migration;

pub use address::{Address, AddressError, TlsMode};
pub use migration::{
    MigrationConnection, MigrationError, MigrationErrorKind, MigrationRows, create_database,
    open_for_migration,
};
