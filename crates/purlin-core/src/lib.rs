//! The engine: one `Operation` in, rows into a `RowSink` out, policies in between.
//! Knows the schema; knows no runtime, no HTTP, no SQL and no driver.

pub mod actor;
pub mod advice;
pub mod cache;
pub mod changes;
pub mod clock;
pub mod engine;
pub mod error;
pub mod evaluate;
pub mod hooks;
mod ids;
pub mod input;
pub mod mail;
pub mod operation;
mod policy;
pub mod rate_limit;
pub mod recent;
pub mod replies;
pub mod sign_in;
pub mod sink;
pub mod statement;
pub mod store;
pub mod system;
pub mod validate;
pub mod value;

pub use actor::{Actor, Admin, User};
pub use cache::{CacheSettings, CacheUse};
pub use engine::{Answer, DefaultAccess, Engine};
pub use error::{Error, FieldErrors};
pub use purlin_schema::model as schema;
pub use replies::{Once, Replies, Reply};
pub use value::{DateTime, Decimal, Value};
