//! What every store must do. A store's tests say how to make one with the tables of
//! [`schema_text`], and call each group of cases.

mod aggregates;
mod build;
mod durability;
mod errors;
mod filters;
mod includes;
mod kit;
mod pages;
mod relations;
mod seed;
mod system;
mod together;
mod values;
mod writes;

pub use aggregates::aggregates;
pub use build::Build;
pub use durability::{acknowledged_writes, check_acknowledged};
pub use errors::errors;
pub use filters::filters;
pub use includes::includes;
pub use kit::{Kit, MakeStore};
pub use pages::pages;
pub use relations::relations;
pub use seed::{schema, schema_text};
pub use system::system;
pub use together::together;
pub use values::values;
pub use writes::writes;
