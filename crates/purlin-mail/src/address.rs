//! Addresses. One that is accepted here can stand in an envelope and in a header as it is.

use std::fmt;

use lettre::Address;
use lettre::message::Mailbox;

use crate::error::Error;

/// RFC 5321: 64 octets before the @, 254 in all.
const MOST_BYTES: usize = 254;

/// Where a mail goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(Address);

impl Recipient {
    /// One plain address: no name, no comments, no quotes, no list.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"\\<>(),;:[]".contains(c);
        if text.len() > MOST_BYTES || !text.chars().all(is_plain) || text.matches('@').count() != 1 {
            return None;
        }
        text.parse().ok().map(Self)
    }

    pub(crate) fn mailbox(&self) -> Mailbox {
        Mailbox::new(None, self.0.clone())
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// Addresses belong to people.
impl fmt::Debug for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Recipient")
    }
}

/// Who sends: `Shop <hello@example.com>` or the address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originator(Mailbox);

impl Originator {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = || Error::Originator { text: text.escape_debug().to_string() };
        if text.len() > 4 * MOST_BYTES || text.chars().any(char::is_control) {
            return Err(refused());
        }
        let mailbox: Mailbox = text.parse().map_err(|_| refused())?;
        if Recipient::parse(mailbox.email.as_ref()).is_none() {
            return Err(refused());
        }
        Ok(Self(mailbox))
    }

    pub(crate) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }

    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

#[cfg(test)]
mod tests {
    use super::{Originator, Recipient};

    #[test]
    fn recipients() {
        let long = format!("{}@example.com", "a".repeat(300));
        for (text, is_accepted) in [
            ("ada@example.com", true),
            ("Ada.Love+tag_1-x'y@sub.example.co", true),
            ("ада@example.com", true),
            ("ada@localhost", true),
            ("", false),
            ("ada", false),
            ("@example.com", false),
            ("ada@", false),
            ("ada@@example.com", false),
            ("a@b@example.com", false),
            ("ada@example.com\r\nRCPT TO:<eve@example.com>", false),
            ("ada@example.com\nBcc: eve@example.com", false),
            ("ada@exam\rple.com", false),
            ("ada@example.com\0", false),
            ("ada@example.com ", false),
            ("a da@example.com", false),
            ("Ada <ada@example.com>", false),
            ("<ada@example.com>", false),
            ("ada@example.com,eve@example.com", false),
            ("ada@example.com;eve@example.com", false),
            ("\"ada\"@example.com", false),
            ("\"a\\\r\nb\"@example.com", false),
            ("ada(comment)@example.com", false),
            ("ada@[127.0.0.1]", false),
            ("ada@example..com", false),
            ("ada@-example.com", false),
            (".ada@example.com", false),
            ("mailto:ada@example.com", false),
            (long.as_str(), false),
        ] {
            assert_eq!(Recipient::parse(text).is_some(), is_accepted, "{text:?}");
        }
    }

    #[test]
    fn originators() {
        for (text, is_accepted) in [
            ("hello@example.com", true),
            ("Shop <hello@example.com>", true),
            ("\"Shop, Inc.\" <hello@example.com>", true),
            ("Bücher <hello@example.com>", true),
            ("Shop <hello>", false),
            ("Shop", false),
            ("", false),
            ("Shop <a@example.com>, Other <b@example.com>", false),
            ("Shop\r\nBcc: eve@example.com <hello@example.com>", false),
        ] {
            assert_eq!(Originator::parse(text).is_ok(), is_accepted, "{text:?}");
        }
    }
}
