//! A small HTTPS client for what the server itself asks of others: each request has limits of time and size,
//! follows no redirect, and speaks without TLS to this machine only.

mod answer;
mod client;
mod connect;
mod error;
mod request;
mod url;

pub use answer::Answer;
pub use client::{Client, Limits};
pub use error::{Error, Result};
pub use request::{Request, form, form_text};
pub use url::Url;
