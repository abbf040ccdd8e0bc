//! Second factor: time-based one-time passwords (RFC 6238) with what every authenticator app does:
//! SHA-1, six digits, steps of 30 seconds. A step is good once: the caller keeps the last one used.
//! The step before and after are accepted for clocks that differ, though ASVS 5.0, 6.5.5 would rather
//! have the current one only.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purlin_core::DateTime;
use sha1::Sha1;
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::code::typed_digits;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::ServerKey;

const STEP_MILLIS: i64 = 30_000;
const DIGITS: usize = 6;
/// RFC 4226, section 4, R6.
const SECRET_BYTES: usize = 20;
const NONCE_BYTES: usize = 24;
const SEAL_PURPOSE: &str = "totp";
/// RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// RFC 3986: everything but the unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secret that server and app share. Its `Debug` shows nothing.
pub struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl TotpSecret {
    pub fn generate() -> std::result::Result<Self, purlin_core::Error> {
        Ok(Self(random::bytes()?))
    }

    pub fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For who types it: 32 characters of base 32.
    pub fn to_base32(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(32));
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for place in (0..8).rev() {
                let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
                text.extend(BASE32.get(digit).map(|byte| char::from(*byte)));
            }
        }
        text
    }

    /// For the picture that an app scans: the key URI format of authenticator apps.
    pub fn to_uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        // A colon parts issuer and account, so neither may hold one that is not escaped; it is.
        let issuer = utf8_percent_encode(issuer, ESCAPED);
        let account = utf8_percent_encode(account, ESCAPED);
        let secret = self.to_base32();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            *secret
        ))
    }

    /// The step that a code belongs to, if it is good now and no step up to `last_used` is meant.
    /// The caller keeps the answer as the next `last_used`, in the same transaction.
    pub fn verify(&self, given: &str, now: DateTime, last_used: Option<u64>) -> Option<u64> {
        let digits = typed_digits(given, DIGITS)?;
        let current = u64::try_from(now.as_millis().div_euclid(STEP_MILLIS)).ok()?;
        let mut found = u64::MAX;
        // All steps are compared, whichever fits.
        for step in [current.checked_sub(1)?, current, current + 1] {
            let is_equal = self.code(step).as_bytes().ct_eq(digits.as_bytes());
            let is_unused = last_used.is_none_or(|last| step > last);
            found.conditional_assign(&step, is_equal & u8::from(is_unused).into());
        }
        (found != u64::MAX).then_some(found)
    }

    /// The code of a step: RFC 4226, 5.3.
    pub fn code(&self, step: u64) -> Zeroizing<String> {
        let mac = hmac_sha1(&*self.0, &step.to_be_bytes());
        let offset = mac.last().map_or(0, |byte| usize::from(byte & 15));
        let bits = mac.iter().skip(offset).take(4).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        Zeroizing::new(format!("{:06}", (bits & 0x7fff_ffff) % 1_000_000))
    }

    /// What the database keeps: encrypted, and good for this account only.
    pub fn seal(&self, key: &ServerKey, account: &str) -> std::result::Result<String, purlin_core::Error> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: self.0.as_slice(), aad: account.as_bytes() };
        let sealed = cipher(&key.mac(SEAL_PURPOSE, &[]))
            .encrypt(XNonce::from_slice(nonce.as_slice()), payload)
            .map_err(|error| purlin_core::Error::internal(error.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// `BadSignature` where the row was altered, is another account's or was sealed with another key.
    /// The flag says whether it was the key that seals now.
    pub fn open(key: &ServerKey, account: &str, sealed: &str) -> Result<(Self, bool)> {
        let raw = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::Malformed)?;
        let (nonce, sealed) = raw.split_first_chunk::<NONCE_BYTES>().ok_or(Error::Malformed)?;
        let payload = || Payload { msg: sealed, aad: account.as_bytes() };
        let nonce = XNonce::from_slice(nonce);
        let open = |(index, key): (usize, [u8; 32])| {
            let opened = cipher(&key).decrypt(nonce, payload()).map(Zeroizing::new);
            opened.ok().map(|opened| (opened, index == 0))
        };
        let mut keys = key.macs(SEAL_PURPOSE, &[]).enumerate();
        let (opened, is_current) = keys.find_map(open).ok_or(Error::BadSignature)?;
        let bytes = opened.as_slice().try_into().map_err(|_| Error::Malformed)?;
        Ok((Self::from_bytes(bytes), is_current))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpSecret")
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

#[expect(clippy::expect_used, reason = "a length that HMAC refuses does not exist")]
fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let mac = <Hmac<Sha1> as hmac::Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(message).finalize().into_bytes().into()
}
