//! Where all crates meet: configuration and a checked schema become a running app.

mod app;
mod database;
mod docs;
mod users;

pub use app::{Assembled, assemble, engine, openapi_options};
pub use database::{Database, Fallback, database};
