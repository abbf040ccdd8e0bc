//! PostgreSQL, 13 and later. Lists are native arrays, documents are `jsonb`; texts compare by bytes where a column is
//! declared with the collation `C`, as those that Purlin makes are.

mod column_type;
mod default_value;
mod dialect;
mod json_test;
mod measure;
mod search;

pub use dialect::Postgres;
pub use search::search_document;
