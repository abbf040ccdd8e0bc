//! Where all crates meet: configuration and a checked schema become a running app.

mod app;
mod database;
mod docs;
mod fit;
mod migration;
mod serving;
mod stop_signal;
mod users;

pub use app::{Assembled, assemble, engine, openapi_options};
pub use database::{Database, Fallback, database};
pub use fit::{Fit, Missing, require_fit};
pub use migration::{SqliteMigration, migrator, migrator_to_look};
pub use serving::{bind, open_store, origin, runtime, server_secret};
pub use stop_signal::StopSignal;
