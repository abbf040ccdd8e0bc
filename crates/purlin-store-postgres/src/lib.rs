//! The PostgreSQL store: executes guarded statements on a server, by few connections.

mod address;
mod migration;
mod tls;

pub use address::{Address, AddressError, TlsMode};
pub use migration::{
    MigrationConnection, MigrationError, MigrationErrorKind, MigrationRows, create_database,
    open_for_migration, open_to_look,
};
