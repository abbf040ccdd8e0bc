//! The embedded SQLite store. Reads run on the calling thread inside held read transactions;
//! all writes go through one writer that commits them in groups. Nothing is decided here: a
//! store executes guarded statements.

mod config;
mod connection;
mod error;
mod loader;
mod read;
mod shared;
mod store;
mod totals;
mod value;
mod write;

pub use config::Config;
pub use connection::open_for_migration;
pub use error::Error;
pub use loader::SqliteLoader;
pub use store::SqliteStore;
