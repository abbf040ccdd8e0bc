//! What tests of several crates share: the policy oracle, HTTP scenarios, the database servers
//! and, for stores, the conformance suite.
//! It is linked into tests only, so it may panic as tests do.

#![expect(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc, reason = "a failed test panics")]

mod block_on;
pub mod conformance;
pub mod letter;
#[cfg(feature = "runtime")]
mod on_runtime;
pub mod oracle;
#[cfg(feature = "private")]
pub mod private;
pub mod scenario;
pub mod services;
#[cfg(feature = "smtp")]
pub mod smtp;

pub use block_on::block_on;
#[cfg(feature = "runtime")]
pub use on_runtime::OnRuntime;
