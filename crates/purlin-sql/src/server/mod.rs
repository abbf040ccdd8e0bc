//! Guarded statements on a database server: what the drivers of PostgreSQL and MySQL have in common. A driver runs
//! one statement on one connection and says what was refused; everything else is here.

mod address;
mod attempts;
mod conflict;
mod connection;
mod joined;
mod load;
mod plan;
mod plans;
mod read;
mod steps;

pub use address::{AddressError, decoded, host_and_port, number};
pub use attempts::{Attempts, RACES, TRIES, pause};
pub use connection::{Connection, Database, EachRow, Refusal};
pub use joined::{Joined, joined, may_join};
pub use load::{chunks, run_load};
pub use plan::{Finished, is_single, run_plan};
pub use plans::Plans;
pub use read::run_read;
