//! A mail server for tests: it speaks SMTP with STARTTLS, implicit TLS and AUTH, keeps what it gets, and
//! fails in the ways that servers do. Not a stand-in for a real one: it shows what happens then.

mod conversation;
mod server;

pub use server::{CERTIFICATE, Received, Security, SmtpServer};
