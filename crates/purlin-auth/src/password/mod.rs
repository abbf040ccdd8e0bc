//! Passwords: which ones may be chosen, how they are kept, and the bounded pool that hashes them.

mod argon;
mod blowfish;
mod frequent;

mod hash;
mod on_write;
mod pool;
mod rules;

pub use argon::Cost;
pub use hash::PhcString;
pub use on_write::HashOnWrite;
pub(crate) use on_write::Judge;
pub use pool::{Hasher, PoolSettings, Verdict};
pub use rules::{Owner, PasswordRules};
