//! OpenAPI 3.1 from a schema. `document` assembles; `path` holds one file per kind of call;
//! `component` holds the JSON Schemas that calls refer to. What the API accepts and answers is decided
//! elsewhere (`purlin-core`, `purlin-rest`); this describes it and must say neither more nor less.

mod access;
mod component;
mod context;
mod document;
mod names;
mod options;
mod outline;
mod path;
mod validation;
mod value;

pub use document::openapi;
pub use options::{Call, DefaultAccess, OpenApiOptions};
pub(crate) use outline::{Is, Outline, outline};
