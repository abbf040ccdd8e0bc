//! Database servers of a test's own, which may be killed, started again and have options of their own.

mod certificates;
mod outage;
mod server;
mod sort;

pub use certificates::Authority;
pub use outage::killed_and_back;
pub use server::PrivateServer;
pub use sort::{MARIADB, POSTGRES, SECANTUSDB, Sort};
