//! One store over the stores of all datasources of an app: reads are split where an include leaves its datasource
//! and stitched again, writes run in one of them. It knows stores by their port only.

mod kept;
mod known;
mod looks;
mod near;
mod operands;
mod plan;
mod read;
mod references;
mod rows;
mod split;
mod store;

pub use store::SeveralStores;
