//! What would go wrong on this machine, looked for before it does. Nothing is changed.

mod app;
mod data;
mod examine;
mod finding;
mod indexes;
mod machine;
mod mail;

pub use examine::examine;
pub use finding::{Finding, State};
