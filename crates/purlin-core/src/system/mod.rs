//! Rows that the system keeps for itself: typed access to one table past the policies, by field name.
//! For features and their built-in tables, and for the row of the auth model where sign-in needs it.
//! Never for what a client asks: that is an `Operation`.

mod batch;
mod row;
mod table;
mod when;

pub use batch::{Batch, Rows, Set};
pub use row::{FromValue, Row};
pub use table::Table;
pub use when::When;
