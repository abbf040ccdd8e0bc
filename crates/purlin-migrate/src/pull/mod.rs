//! A live database into the schema's text. What the text says already stays as it is written: names, order,
//! comments, rules, and what a database cannot hold. New things are added, and what is gone is marked, not deleted.
//!
//! The way: [`found`] reads the database, [`known`] the schema as tables; [`merge`] says as [`edit`]s of the text
//! what the one has and the other not. That is repeated until nothing changes: a model that was just added is
//! compared like any other, and so gets the names of its keys.

mod block;
mod database;
mod default;
mod edit;
mod entity;
mod field;
mod found;
mod join;
mod keys;
mod known;
mod mark;
mod merge;
mod name;
mod relation;
mod remaining;

pub use database::{Pull, Pulled, pull};
