//! API keys: `plk_<environment>_<30 random characters><6 of checksum>`, all base 62. The prefix lets
//! scanners find leaked ones; the checksum tells typing errors and rubbish from keys before the
//! database is asked, and proves nothing. 178 random bits need no slow hash.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::random;
use crate::secret::hex;

const PREFIX: &str = "plk_";
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_CHARACTERS: usize = 30;
const CHECKSUM_CHARACTERS: usize = 6;
const LONGEST_ENVIRONMENT: usize = 16;

/// A well-formed key: shown once when made, parsed when a client sends one. `Debug` shows its hint.
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// `environment` is a word such as `live` or `dev`: 1 to 16 lower-case letters and digits.
    pub fn generate(environment: &str) -> std::result::Result<Self, purlin_core::Error> {
        if !is_environment(environment) {
            let message = "the environment of API keys has 1 to 16 lower-case letters and digits";
            return Err(purlin_core::Error::internal(message));
        }
        let random = Zeroizing::new(random::text(BASE62, RANDOM_CHARACTERS)?);
        let body = Zeroizing::new(format!("{PREFIX}{environment}_{}", *random));
        Ok(Self(Zeroizing::new(format!("{}{}", *body, checksum(&body)))))
    }

    /// Whether a bearer credential is meant as an API key, so that it is no access token.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// `Malformed`, or `BadSignature` where the checksum is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let rest = text.strip_prefix(PREFIX).ok_or(Error::Malformed)?;
        let (environment, tail) = rest.split_once('_').ok_or(Error::Malformed)?;
        let is_formed = is_environment(environment)
            && tail.len() == RANDOM_CHARACTERS + CHECKSUM_CHARACTERS
            && tail.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_formed {
            return Err(Error::Malformed);
        }
        let (body, given) =
            text.split_at_checked(text.len() - CHECKSUM_CHARACTERS).ok_or(Error::Malformed)?;
        if checksum(body) == given {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(Error::BadSignature)
        }
    }

    /// What its owner keeps. Never log it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database keeps and finds it by: SHA-256 in hexadecimal digits.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }

    /// For lists of keys: everything before the random part, and the last four characters.
    pub fn hint(&self) -> String {
        let head = self.0.rfind('_').and_then(|at| self.0.get(..=at)).unwrap_or(PREFIX);
        let tail = self.0.len().checked_sub(4).and_then(|at| self.0.get(at..)).unwrap_or_default();
        format!("{head}…{tail}")
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ApiKey").field(&self.hint()).finish()
    }
}

fn is_environment(text: &str) -> bool {
    (1..=LONGEST_ENVIRONMENT).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// CRC-32 of everything before it, as six characters.
fn checksum(body: &str) -> String {
    let mut rest = crc32(body.as_bytes());
    let mut text = ['0'; CHECKSUM_CHARACTERS];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(rest % 62).unwrap_or(0);
        *place = BASE62.get(digit).map_or('0', |byte| char::from(*byte));
        rest /= 62;
    }
    text.iter().collect()
}

/// ISO-HDLC, the one of zip and Ethernet, bit by bit: keys are short.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn check_value_of_the_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
