//! Two tenants that the schema describes, with rows in every model and users in both; what of one's rows the other
//! reaches, and by which rule. Rows are drawn, so that rules which ask for a state meet each state that they ask for.

mod draw;
mod plan;
mod search;

pub use plan::{Plan, plan};
pub use search::{Found, Reach, search};
