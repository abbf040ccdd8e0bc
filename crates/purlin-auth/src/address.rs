//! Mail addresses: what is compared, and where mail goes. Two spellings are one account only where
//! they are one mailbox in all but name; what merely looks alike stays apart. Letters that turn
//! into plain ones (the Kelvin sign, a dotted capital I) are refused rather than merged.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// RFC 5321, 4.5.3.1.
const LONGEST_LOCAL: usize = 64;
const LONGEST_ADDRESS: usize = 254;
/// Beyond it nothing is looked at: no spelling of a good address is so long.
const LONGEST_INPUT: usize = 1024;

/// A usable address. Compare and store by `key`; send to `delivery`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    key: String,
    delivery: String,
}

/// The one message for every fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an email address")]
pub struct NotAnAddress;

impl EmailAddress {
    /// Spaces around are dropped; Unicode is normalised (NFC); the domain becomes ASCII (UTS 46).
    /// Quoted local parts, address literals and domains without a dot are refused.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        if text.len() > LONGEST_INPUT {
            return Err(NotAnAddress);
        }
        let (local, domain) = text.trim_matches(' ').split_once('@').ok_or(NotAnAddress)?;
        let local = local_part(local).ok_or(NotAnAddress)?;
        let domain = ascii_domain(domain).ok_or(NotAnAddress)?;
        // Some letters are longer when small: both spellings have to be addresses.
        let lower = local_part(&local.to_lowercase()).ok_or(NotAnAddress)?;
        let found = Self { key: format!("{lower}@{domain}"), delivery: format!("{local}@{domain}") };
        let is_short = found.key.len().max(found.delivery.len()) <= LONGEST_ADDRESS;
        is_short.then_some(found).ok_or(NotAnAddress)
    }

    /// What accounts are found and told apart by: all in lower case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where mail goes: the local part as it was typed, since its server may tell case apart. Send to
    /// the address of the account, never to the one that a request gave.
    pub fn delivery(&self) -> &str {
        &self.delivery
    }

    /// Before the `@`, in lower case.
    pub fn local(&self) -> &str {
        self.key.split_once('@').map_or("", |(local, _)| local)
    }

    /// After the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        self.key.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for EmailAddress {
    /// Personal data: a log that prints a struct shows the domain only.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EmailAddress(…@{})", self.domain())
    }
}

/// `Dot-string` of RFC 5321 with the letters of RFC 6531.
fn local_part(text: &str) -> Option<String> {
    if text.chars().any(becomes_ascii) {
        return None;
    }
    let local: String = text.nfc().collect();
    let is_formed = local.len() <= LONGEST_LOCAL
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character));
    is_formed.then_some(local)
}

/// A character outside ASCII whose normal or lower-case form holds a plain letter: `K` (Kelvin).
fn becomes_ascii(character: char) -> bool {
    !character.is_ascii()
        && (std::iter::once(character).nfc().any(|form| form.is_ascii())
            || character.to_lowercase().nfc().any(|form| form.is_ascii()))
}

fn is_atom_character(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(character)
    } else {
        !character.is_control() && !character.is_whitespace() && !is_invisible(character)
    }
}

/// Characters that show nothing or turn the direction of text: two addresses could look the same.
fn is_invisible(character: char) -> bool {
    matches!(
        u32::from(character),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
            | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFF | 0x1_D173..=0x1_D17A | 0xE_0000..=0x10_FFFF
    )
}

fn ascii_domain(text: &str) -> Option<String> {
    let domain = idna::domain_to_ascii_strict(text).ok()?;
    let (_, last) = domain.rsplit_once('.')?;
    // An address of numbers is a host, not a domain.
    let is_name = !last.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then_some(domain)
}
