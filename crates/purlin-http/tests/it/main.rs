//! The web kit through real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod attacks;
mod auth;
mod client;
mod compression;
mod http2;
mod lifecycle;
mod rates;
mod requests;
mod site;
