//! Text made from a checked [`Schema`](purlin_schema::model::Schema): the OpenAPI document, and the
//! page that shows it. Knows no data and no requests; the same schema always gives the same text.

pub mod docs;
mod openapi;

pub use openapi::{Call, DefaultAccess, OpenApiOptions, openapi};
