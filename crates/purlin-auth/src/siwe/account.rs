//! An Ethereum address, written with the checksum of EIP-55 in the case of its letters.

use std::fmt;

use sha3::{Digest as _, Keccak256};

use crate::error::{Error, Result};
use crate::secret::hex;

/// 20 bytes; shown as `0x` and 40 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account([u8; 20]);

impl Account {
    /// With the right checksum only: all capitals or all small letters are no checksum.
    pub fn parse(text: &str) -> Result<Self> {
        let digits = text.strip_prefix("0x").ok_or(Error::Malformed)?;
        if digits.len() != 40 {
            return Err(Error::Malformed);
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| Error::Malformed)?;
            // `from_str_radix` would take a sign.
            if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(Error::Malformed);
            }
            *byte = u8::from_str_radix(pair, 16).map_err(|_| Error::Malformed)?;
        }
        let account = Self(bytes);
        if account.to_string() == text { Ok(account) } else { Err(Error::BadSignature) }
    }

    /// The last 20 bytes of the hash of a public key without its first byte.
    pub(super) fn of_public_key(uncompressed: &[u8]) -> Option<Self> {
        let hash = Keccak256::digest(uncompressed.get(1..)?);
        hash.last_chunk::<20>().copied().map(Self)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = hex(&self.0);
        let hash = hex(&Keccak256::digest(digits.as_bytes()));
        formatter.write_str("0x")?;
        for (digit, decides) in digits.chars().zip(hash.chars()) {
            let is_capital = decides >= '8';
            fmt::Write::write_char(formatter, if is_capital { digit.to_ascii_uppercase() } else { digit })?;
        }
        Ok(())
    }
}
