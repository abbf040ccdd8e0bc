//! The server's own key. Everything that this crate makes or hashes with a key is bound to a
//! purpose, so that a value made for one use is worth nothing in another.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

pub(crate) type HmacSha256 = Hmac<Sha256>;

/// Bytes of a secret in the configuration, at least: as many as SHA-256 has (RFC 7518, 3.2).
pub const LEAST_SECRET_BYTES: usize = 32;

/// Derived from the app's secret; its `Debug` shows nothing. What was made with one of the accepted secrets is
/// good too, so that a secret can be replaced.
pub struct ServerKey {
    making: Zeroizing<[u8; 32]>,
    accepted: Vec<Zeroizing<[u8; 32]>>,
}

impl ServerKey {
    /// `WeakSecret` below 32 bytes. The key differs from every other that the same secret is used for.
    pub fn derive(secret: &[u8]) -> Result<Self> {
        Ok(Self { making: derived(secret)?, accepted: Vec::new() })
    }

    /// Beside its own: secrets of before, and those that come next.
    pub fn accepting<'a>(mut self, secrets: impl IntoIterator<Item = &'a [u8]>) -> Result<Self> {
        self.accepted = secrets.into_iter().map(derived).collect::<Result<_>>()?;
        Ok(self)
    }

    /// Whether there is another one beside its own.
    pub(crate) fn accepts_others(&self) -> bool {
        !self.accepted.is_empty()
    }

    /// HMAC-SHA256 over the purpose and the parts, each with its length: no two lists run together.
    pub(crate) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac(self.making.as_slice(), purpose, parts)
    }

    /// That of every key which is accepted; the one that makes comes first.
    pub(crate) fn macs(&self, purpose: &str, parts: &[&[u8]]) -> impl Iterator<Item = [u8; 32]> {
        std::iter::once(&self.making)
            .chain(&self.accepted)
            .map(move |key| mac(key.as_slice(), purpose, parts))
    }
}

fn derived(secret: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    if secret.len() < LEAST_SECRET_BYTES {
        return Err(Error::WeakSecret);
    }
    Ok(Zeroizing::new(mac(secret, "purlin-auth server key", &[])))
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServerKey")
    }
}

pub(crate) fn mac(key: &[u8], purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac_of(key);
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "a length that HMAC refuses does not exist")]
pub(crate) fn hmac_of(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_parts_keep_apart() {
        let key = ServerKey::derive(&[7; 32]).unwrap();
        let base = key.mac("a", &[b"bc", b"d"]);
        assert_eq!(base, key.mac("a", &[b"bc", b"d"]));
        for other in [
            key.mac("ab", &[b"c", b"d"]),
            key.mac("a", &[b"b", b"cd"]),
            key.mac("a", &[b"bcd"]),
            key.mac("a", &[b"bc", b"d", b""]),
            ServerKey::derive(&[8; 32]).unwrap().mac("a", &[b"bc", b"d"]),
        ] {
            assert_ne!(base, other);
        }
        let next = ServerKey::derive(&[8; 32]).unwrap().accepting([&[7_u8; 32][..]]).unwrap();
        assert_ne!(base, next.mac("a", &[b"bc", b"d"]));
        assert!(next.macs("a", &[b"bc", b"d"]).any(|mac| mac == base));
        assert_eq!(ServerKey::derive(&[7; 31]).unwrap_err(), Error::WeakSecret);
        assert_eq!(format!("{key:?}"), "ServerKey");
    }
}
