//! What of the API becomes different between two of its OpenAPI documents, and whether that breaks clients.
//! `document` says what can be compared, `calls` walks over paths and methods, `schema` over the JSON Schemas of
//! requests and answers, `graph` tells which calls a change reaches, `report` is the outcome.
//!
//! A request breaks where a value that was good is refused, an answer where a value comes that could not come before.
//! Documents are compared as texts of a form: what Purlin wrote, by whichever version.

mod alternatives;
mod call;
mod calls;
mod conditions;
mod document;
mod graph;
mod keywords;
mod object;
mod report;
mod schema;
mod words;

pub use calls::compare;
pub use document::Unusable;
pub use report::{Change, Report, Severity};
