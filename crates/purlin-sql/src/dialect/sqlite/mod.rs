//! SQLite. Storage forms are those of docs/decisions/0003.

mod column_type;
mod default_value;
mod dialect;

pub use dialect::Sqlite;

/// The collation that compares decimals by their numeric value; a connection registers it.
pub const DECIMAL_COLLATION: &str = "purlin_decimal";
