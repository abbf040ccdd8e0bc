//! A sign-in that is under way at a provider. It is kept by the browser that began it, sealed: whoever comes
//! back without it did not begin (RFC 9700, 4.7), and nobody else learns the verifier.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use purlin_core::{DateTime, Error};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::random;
use crate::secret::ServerKey;
use crate::sessions::after;

/// Time to sign in at the provider.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);
const NONCE_BYTES: usize = 24;
const PURPOSE: &str = "oauth pending";
/// Beyond what a browser keeps.
const LONGEST: usize = 4096;

#[derive(Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) provider: String,
    /// Comes back with the code.
    pub(crate) state: String,
    /// Comes back in the ID token.
    pub(crate) nonce: String,
    /// RFC 7636, between us and the provider.
    pub(crate) verifier: String,
    /// Where the browser goes at the end; as it was given, to be checked again.
    pub(crate) redirect: String,
    /// RFC 7636, between the front end and us.
    pub(crate) challenge: Option<String>,
    /// Who adds an identity, and in which session.
    pub(crate) linking: Option<Linking>,
    until: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Linking {
    pub(crate) user: String,
    pub(crate) session: Option<Uuid>,
}

impl Pending {
    pub(crate) fn begin(
        provider: &str,
        redirect: &str,
        challenge: Option<String>,
        linking: Option<Linking>,
        now: DateTime,
    ) -> Result<Self, Error> {
        let random = || random::bytes::<32>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        Ok(Self {
            provider: provider.to_owned(),
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            redirect: redirect.to_owned(),
            challenge,
            linking,
            until: after(now, LIFETIME).as_millis(),
        })
    }

    /// For the cookie.
    pub(crate) fn seal(&self, key: &ServerKey) -> Result<String, Error> {
        let text = serde_json::to_vec(self).map_err(Error::internal)?;
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: &text, aad: PURPOSE.as_bytes() };
        let sealed = cipher(&key.mac(PURPOSE, &[]))
            .encrypt(XNonce::from_slice(nonce.as_slice()), payload)
            .map_err(|error| Error::internal(error.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// `None` for what is not ours, is another provider's, belongs to another `state`, or took too long.
    pub(crate) fn open(
        key: &ServerKey,
        sealed: &str,
        provider: &str,
        state: &str,
        now: DateTime,
    ) -> Option<Self> {
        if sealed.len() > LONGEST {
            return None;
        }
        let raw = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = raw.split_first_chunk::<NONCE_BYTES>()?;
        let open = |key: [u8; 32]| {
            let payload = Payload { msg: sealed, aad: PURPOSE.as_bytes() };
            cipher(&key).decrypt(XNonce::from_slice(nonce), payload).ok()
        };
        let text = key.macs(PURPOSE, &[]).find_map(open)?;
        let pending: Self = serde_json::from_slice(&text).ok()?;
        let is_state = bool::from(pending.state.as_bytes().ct_eq(state.as_bytes()));
        let is_good = is_state && pending.provider == provider && now.as_millis() < pending.until;
        is_good.then_some(pending)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

/// `S256` of a verifier.
pub(crate) fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether a text can be what `challenge_of` makes.
pub(crate) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pending").field("provider", &self.provider).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_as_it_was_sealed() {
        let key = ServerKey::derive(&[1; 32]).unwrap();
        let other = ServerKey::derive(&[2; 32]).unwrap();
        let now = DateTime::from_millis(1_700_000_000_000).unwrap();
        let pending = Pending::begin("google", "/", None, None, now).unwrap();
        let sealed = pending.seal(&key).unwrap();
        let late = after(now, LIFETIME);
        let state = pending.state.as_str();
        let mut altered = sealed.clone().into_bytes();
        altered[60] = if altered[60] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        for (key, sealed, provider, state, now, is_good) in [
            (&key, sealed.as_str(), "google", state, now, true),
            (&other, &sealed, "google", state, now, false),
            (&key, &sealed, "github", state, now, false),
            (&key, &sealed, "google", "", now, false),
            (&key, &sealed, "google", &pending.nonce, now, false),
            (&key, &sealed, "google", state, late, false),
            (&key, &altered, "google", state, now, false),
            (&key, "", "google", state, now, false),
            (&key, &sealed[..30], "google", state, now, false),
        ] {
            assert_eq!(Pending::open(key, sealed, provider, state, now).is_some(), is_good, "{provider}");
        }
        assert!(!sealed.contains(&pending.verifier));
        // What a browser keeps, with the longest place to go to.
        let long = Pending::begin("google", &"/a".repeat(256), Some(challenge_of("x")), None, now).unwrap();
        assert!(long.seal(&key).unwrap().len() < 2000);
    }

    /// RFC 7636, appendix B.
    #[test]
    fn challenges() {
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(&challenge));
        for text in ["", "x", &challenge[1..], &format!("{}=", &challenge[1..]), &"+".repeat(43)] {
            assert!(!is_challenge(text), "{text}");
        }
    }
}
