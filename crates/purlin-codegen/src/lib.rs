//! Text made from a checked [`Schema`](purlin_schema::model::Schema): the OpenAPI document, the
//! page that shows it, what breaks clients between two documents, and the client in TypeScript. Knows no data and no
//! requests; the same schema always gives the same text.

pub mod breaking;
mod client;
pub mod docs;
mod openapi;

pub use client::{ClientOptions, RUNTIME, client};
pub use openapi::{Call, DefaultAccess, OpenApiOptions, openapi};
