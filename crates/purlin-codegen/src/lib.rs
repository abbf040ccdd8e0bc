//! Text made from a checked [`Schema`](purlin_schema::model::Schema): the OpenAPI document, the
//! page that shows it, and what breaks clients between two documents. Knows no data and no requests; the same schema
//! always gives the same text.

pub mod breaking;
pub mod docs;
mod openapi;

pub use openapi::{Call, DefaultAccess, OpenApiOptions, openapi};
