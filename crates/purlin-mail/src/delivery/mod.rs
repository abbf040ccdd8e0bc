//! Where letters go: a mail server, or in development a folder.

mod catcher;
mod connection;
mod refusal;
mod smtp;

pub use catcher::Catcher;
pub use refusal::{Delivery, Refusal, RefusalKind};
pub use smtp::Smtp;
