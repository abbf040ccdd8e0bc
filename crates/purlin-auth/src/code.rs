//! Codes that are sent by mail: six digits to type, or 256 random bits in a link. They are kept as
//! a keyed hash that is bound to purpose and subject, so that a code for one account or one use
//! opens no other, and a stolen table cannot be searched through.
//! How long they live and how often one may guess is decided by the caller (ASVS 5.0, 6.5 and 6.6).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::random;
use crate::secret::{ServerKey, hex};

/// Digits of a code: 19.9 bits, which is why guesses must be counted.
pub const CODE_DIGITS: usize = 6;
/// Characters of a link's token.
pub const LINK_LENGTH: usize = 43;
const HASH_PURPOSE: &str = "code";

/// A fresh code or link token, shown once. Its `Debug` shows nothing.
pub struct Code(Zeroizing<String>);

impl Code {
    /// Six decimal digits, uniform, leading zeros included.
    pub fn digits() -> Result<Self, purlin_core::Error> {
        Ok(Self(Zeroizing::new(random::text(b"0123456789", CODE_DIGITS)?)))
    }

    /// 32 random bytes as base64url, for a link.
    pub fn link() -> Result<Self, purlin_core::Error> {
        Ok(Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<32>()?.as_slice()))))
    }

    /// For the mail. Never log it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database keeps: 64 hexadecimal digits.
    pub fn hash(&self, key: &ServerKey, bound_to: &Bound<'_>) -> String {
        hash(key, bound_to, &self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code")
    }
}

/// What a code is good for. The same must be given when it is checked.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// Such as `sign-in` or `reset-password`.
    pub purpose: &'a str,
    /// The account or address.
    pub subject: &'a str,
}

/// What the database keeps of a code that is made now.
pub fn hash(key: &ServerKey, bound_to: &Bound<'_>, given: &str) -> String {
    hex(&key.mac(HASH_PURPOSE, &[bound_to.purpose.as_bytes(), bound_to.subject.as_bytes(), given.as_bytes()]))
}

/// All that the database may keep of what a client sent, to look it up by.
pub(crate) fn hashes(key: &ServerKey, bound_to: &Bound<'_>, given: &str) -> Vec<String> {
    let parts = [bound_to.purpose.as_bytes(), bound_to.subject.as_bytes(), given.as_bytes()];
    key.macs(HASH_PURPOSE, &parts).map(|mac| hex(&mac)).collect()
}

/// Whether the six digits that a client sent are those of the stored hash, in constant time.
/// Spaces and hyphens between the digits are forgiven, anything else is not.
pub fn matches_digits(key: &ServerKey, bound_to: &Bound<'_>, stored: &str, given: &str) -> bool {
    let digits = typed_digits(given, CODE_DIGITS);
    let found = matches(key, bound_to, stored, digits.as_deref().map_or("", String::as_str));
    digits.is_some() & found
}

/// Whether the link that a client followed is that of the stored hash, in constant time.
pub fn matches_link(key: &ServerKey, bound_to: &Bound<'_>, stored: &str, given: &str) -> bool {
    given.len() == LINK_LENGTH && matches(key, bound_to, stored, given)
}

fn matches(key: &ServerKey, bound_to: &Bound<'_>, stored: &str, given: &str) -> bool {
    let equal = |hash: String| bool::from(hash.as_bytes().ct_eq(stored.as_bytes()));
    hashes(key, bound_to, given).into_iter().any(equal)
}

/// What a person typed for a number of digits; `None` unless it has exactly so many.
pub(crate) fn typed_digits(given: &str, count: usize) -> Option<Zeroizing<String>> {
    // Long enough for a space between all digits.
    if given.len() > 3 * count {
        return None;
    }
    let digits: Zeroizing<String> =
        Zeroizing::new(given.chars().filter(|character| !matches!(character, ' ' | '-')).collect());
    let are_digits = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then_some(digits)
}
