//! Outgoing mail: an outbox in the app's database, templates, and a sender that speaks SMTP.
//! A mail is accepted when its row is stored; whatever fails after that is tried again.

mod address;
mod delivery;
mod error;
mod letter;
mod outbox;
mod pace;
mod sender;
mod smtp_url;
mod template;

/// The built-in table of this crate.
pub const SCHEMA: &str = include_str!("schema.zmodel");

pub use address::{Originator, Recipient};
pub use delivery::{Catcher, Delivery, Refusal, RefusalKind, Smtp};
pub use error::Error;
pub use letter::Letter;
pub use outbox::Outbox;
pub use pace::Pace;
pub use sender::Sender;
pub use smtp_url::{Encryption, SmtpUrl};
pub use template::{PLACEHOLDERS, Rendered, Templates};
