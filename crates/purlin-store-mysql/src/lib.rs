//! The MySQL store: executes guarded statements on MySQL, MariaDB or TiDB, by few connections, each for one request at
//! a time.

mod address;
mod config;
mod connect;
mod error;
mod migration;
mod pool;
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
    open_for_migration,
};
pub use purlin_sql::server::AddressError;
pub use store::MySqlStore;
