//! The REST surface: parameters and bodies to an `Operation`, outcomes to answers. Knows no
//! SQL, no store and no policy.

mod batch;
mod body;
mod bulk;
mod cache;
mod caller;
mod cursor;
mod endpoint;
mod etag;
mod key;
mod meta;
mod query;
mod read;
mod retry;
mod settings;
mod surface;
mod write;
mod writing;

pub use query::{AggregateRequest, ListRequest, aggregate, aggregate_query, count, list, query, selected};
pub use settings::{BasePath, Settings};
pub use surface::Rest;
