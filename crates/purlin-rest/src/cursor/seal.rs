//! Encrypts and authenticates cursors: a client neither reads values that its answers hide nor
//! makes a place of its own.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use purlin_core::Error;
use purlin_core::value::Value;
use sha2::{Digest, Sha256};

use super::values::{decode, encode};

const NONCE_BYTES: usize = 24;
/// A longer one would not fit into a URL with the rest of the request.
const MAX_BYTES: usize = 4 << 10;

pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    /// Of keys that are accepted beside the one that seals.
    accepted: Vec<XChaCha20Poly1305>,
    /// Random per process; the counter goes into its last eight bytes, so that no nonce repeats.
    nonce: XNonce,
    counter: AtomicU64,
}

impl Sealer {
    /// All copies of an app that have the same key open each other's cursors.
    pub(crate) fn new(server_key: &[u8], accepted: &[Vec<u8>]) -> Self {
        let cipher = |server_key: &[u8]| {
            let mut digest = Sha256::new();
            // A key of its own for this purpose; one block of the derivation is enough.
            digest.update(b"purlin cursor 1\0");
            digest.update(server_key);
            XChaCha20Poly1305::new(&digest.finalize())
        };
        Self {
            cipher: cipher(server_key),
            accepted: accepted.iter().map(|key| cipher(key)).collect(),
            nonce: XChaCha20Poly1305::generate_nonce(&mut OsRng),
            counter: AtomicU64::new(0),
        }
    }

    /// The cursor after a row with these keys, good for requests with the same binding.
    pub(crate) fn seal(&self, keys: &[Value], binding: &str) -> Result<String, Error> {
        let plain = encode(keys).ok_or_else(|| Error::internal("an order has a key that is no scalar"))?;
        if plain.len() > MAX_BYTES {
            return Err(Error::BadRequest(
                "the values sorted by are too long for a cursor; sort by something shorter, or use pages"
                    .to_owned(),
            ));
        }
        let mut nonce = self.nonce;
        if let Some((_, last)) = nonce.split_last_chunk_mut::<8>() {
            *last = self.counter.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        }
        let payload = Payload { msg: &plain, aad: binding.as_bytes() };
        let sealed =
            self.cipher.encrypt(&nonce, payload).map_err(|_| Error::internal("cannot seal a cursor"))?;
        let mut bytes = Vec::with_capacity(NONCE_BYTES + sealed.len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The keys of a cursor; one text for every reason why it is none.
    pub(crate) fn open(&self, cursor: &str, binding: &str, keys: usize) -> Result<Vec<Value>, Error> {
        self.try_open(cursor, binding).filter(|values| values.len() == keys).ok_or_else(|| {
            Error::BadRequest(
                "cursor: must be the nextCursor of an earlier answer to the same request, with the same sort and \
                 filter; leave it empty to begin again"
                    .to_owned(),
            )
        })
    }

    fn try_open(&self, cursor: &str, binding: &str) -> Option<Vec<Value>> {
        // Base64 makes four characters of three bytes; the nonce and the tag come on top.
        if cursor.len() > 2 * MAX_BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = || Payload { msg: sealed, aad: binding.as_bytes() };
        let mut ciphers = std::iter::once(&self.cipher).chain(&self.accepted);
        let plain = ciphers.find_map(|cipher| cipher.decrypt(XNonce::from_slice(nonce), payload()).ok())?;
        decode(&plain)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sealer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_its_own_and_nothing_else() {
        let sealer = Sealer::new(b"key", &[]);
        let keys = [Value::Int(7), Value::String("secret-text".to_owned())];
        let cursor = sealer.seal(&keys, "Post+id").unwrap();
        assert_eq!(sealer.open(&cursor, "Post+id", 2).unwrap(), keys);
        assert_eq!(
            Sealer::new(b"key", &[]).open(&cursor, "Post+id", 2).unwrap(),
            keys,
            "another copy opens it"
        );

        assert!(sealer.open(&cursor, "Post-id", 2).is_err(), "another order");
        assert!(sealer.open(&cursor, "Post+id", 1).is_err(), "another number of keys");
        assert!(Sealer::new(b"other", &[]).open(&cursor, "Post+id", 2).is_err(), "another key");
        let next = Sealer::new(b"next", &[b"key".to_vec()]);
        assert_eq!(next.open(&cursor, "Post+id", 2).unwrap(), keys, "the key before is accepted");
        assert_ne!(cursor, sealer.seal(&keys, "Post+id").unwrap(), "no nonce is used twice");
        for position in 0..cursor.len() {
            let mut altered = cursor.clone().into_bytes();
            altered[position] = if altered[position] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(sealer.open(&altered, "Post+id", 2).is_err(), "altered at {position}");
        }
        for bad in ["!!!", "AAAA", &cursor[..40], &format!("{cursor}="), &"A".repeat(100_000)] {
            assert!(sealer.open(bad, "Post+id", 2).is_err(), "{bad}");
        }
    }

    #[test]
    fn long_keys_are_refused() {
        let long = [Value::String("x".repeat(MAX_BYTES))];
        assert!(matches!(Sealer::new(b"key", &[]).seal(&long, ""), Err(Error::BadRequest(_))));
    }
}
