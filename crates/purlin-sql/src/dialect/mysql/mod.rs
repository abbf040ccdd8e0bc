//! The MySQL family: MySQL 8, MariaDB 10.6 and later, TiDB. Lists and documents are JSON; texts compare by bytes where a
//! column is declared with a binary collation, as those that Purlin makes are.

mod column_type;
mod default_value;
mod dialect;
mod element;
mod json_test;
mod key_table;
mod marker;
mod measure;

pub use dialect::{Flavour, MySql};
