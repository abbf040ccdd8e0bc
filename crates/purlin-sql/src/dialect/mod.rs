//! What differs between SQL engines. One folder per engine; nothing outside this module
//! asks which engine it renders for.

mod column_type;
mod contract;
pub mod sqlite;

pub use column_type::ColumnType;
pub use contract::{Arithmetic, Dialect, KeyPart, KeyTable};
pub use sqlite::Sqlite;
