//! The MongoDB store: executes guarded statements as aggregation pipelines and commands. Nothing is decided
//! here.

mod config;
mod connect;
mod error;
mod names;
mod read;
mod render;
mod shared;
mod store;
mod structure;
mod value;
mod work;
mod write;

pub use config::Config;
pub use error::Error;
pub use store::MongoStore;
pub use structure::{Collection, Index, apply, drop_collection, missing, present, structure};
