//! The client in TypeScript: one file without dependencies. `runtime/*.ts` is the same for every app and does the work;
//! the types are made from the JSON Schemas of the OpenAPI document, so that what the API learns is known to clients
//! that are made anew. `typescript` turns one JSON Schema into a type, `components` writes those that are used,
//! `models` and `sign_in` the calls, `file` puts it together.

mod components;
mod file;
mod models;
mod names;
mod runtime;
mod sign_in;
mod typescript;

pub use file::{ClientOptions, client};
pub use runtime::RUNTIME;
