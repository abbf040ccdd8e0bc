//! How often one caller may call: rules for routes, decided when the routes are built, and their counting.

mod limits;
mod memory;
mod rule;

pub use limits::RateLimits;
pub(crate) use limits::Resolver;
pub use memory::MemoryRateLimiter;
pub(crate) use rule::Rule;
