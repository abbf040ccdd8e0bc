//! The REST surface's reading of requests, as tables.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod any_text;
mod parse;
mod problems;
mod shop;
