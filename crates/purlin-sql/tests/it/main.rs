//! Rendered text, as tables of what goes in and what comes out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod columns;
mod reads;
mod steps;
