//! MySQL, MariaDB, TiDB: each statement is committed by itself, so that a change is noted statement by statement and
//! goes on where it stopped, under a named lock.

mod alter;
mod catalogue;
mod convert;
mod create;
mod declared;
mod engine;
mod exclusive;
mod fill;
mod journal;
mod limits;
mod lock;
mod pulled;
mod step;

pub(crate) use engine::MySql;
