//! What tests of several crates share: the policy oracle and, for stores, the conformance suite.
//! It is linked into tests only, so it may panic as tests do.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

pub mod oracle;
