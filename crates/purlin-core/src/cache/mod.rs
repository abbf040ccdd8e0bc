//! Answers of reads, kept in memory for models that ask for it. An answer is known by the guarded read that gave it,
//! which holds whatever of the actor the rules have looked at: who shares an answer would have got the same one. It is
//! given as long as none of the tables that it was made of has changed (decision 0032).

mod flight;
mod kept;
mod lookup;
mod question;
mod settings;

pub(crate) use lookup::{Cache, OfModel};
pub use settings::{CacheSettings, CacheUse};
