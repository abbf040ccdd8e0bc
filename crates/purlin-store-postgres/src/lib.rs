//! The PostgreSQL store: executes guarded statements on a server, by few connections. Reads of many requests
//! share a connection, one behind the other; a write, and what takes several statements, has one of its own meanwhile.

mod address;
mod config;
mod connect;
mod error;
mod exclusive;
mod gathered;
mod inserts;
mod lane;
mod migration;
mod refusal;
mod session;
mod store;
mod tls;
mod transaction;
mod value;

pub use address::{Address, TlsMode};
pub use config::Config;
pub use error::Error;
pub use migration::{
    MigrationConnection, MigrationError, MigrationErrorKind, MigrationRows, create_database,
    open_for_migration, open_to_look,
};
pub use purlin_sql::server::AddressError;
pub use store::PostgresStore;
