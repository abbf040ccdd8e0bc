//! What differs between SQL engines. One folder per engine; nothing outside this module
//! asks which engine it renders for.

mod column_type;
mod constant;
mod contract;
mod json_path;
pub mod mysql;
pub mod postgres;
pub mod sqlite;
mod words;

pub use column_type::ColumnType;
pub use contract::{Arithmetic, Dialect, JsonPath, KeyPart, KeyTable, Paging};
pub use mysql::{Flavour, MySql};
pub use postgres::Postgres;
pub use sqlite::Sqlite;
