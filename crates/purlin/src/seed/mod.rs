//! `seed.json` into the database: read whole and judged first, then written in order, as the app itself.

mod links;
mod loader;
mod place;
mod read;

pub use loader::{Loader, Seeded, Usage};
pub use place::Place;
pub use read::{JoinRow, Link, Row, Seed, Table, read};
