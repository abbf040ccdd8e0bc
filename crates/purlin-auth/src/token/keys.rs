//! Keys of access tokens. One signs; others are accepted beside it while keys change hands:
//! first every copy accepts the new key, then it signs, and the old one is accepted until the
//! last token it signed has expired.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use hmac::Mac as _;
use zeroize::Zeroizing;

use super::jwks::thumbprint;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::{HmacSha256, LEAST_SECRET_BYTES, hmac_of, mac};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA256: who can verify can also sign. RFC 7518, 3.2.
    Hs256,
    /// Ed25519: the public half is in the JWKS. RFC 8037.
    EdDsa,
}

impl Algorithm {
    /// The value of `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key with its id. Its `Debug` shows the id only.
pub struct Key {
    id: String,
    material: Material,
}

enum Material {
    Hs256(HmacSha256),
    EdDsa(Box<SigningKey>),
}

impl Key {
    /// `WeakSecret` below 32 bytes.
    pub fn hs256(secret: &[u8]) -> Result<Self> {
        if secret.len() < LEAST_SECRET_BYTES {
            return Err(Error::WeakSecret);
        }
        // Not the thumbprint: RFC 7638, section 7, warns of hashes of secrets in public places.
        let tag = mac(secret, "purlin-auth key id", &[]);
        let id = BASE64_URL_SAFE_NO_PAD.encode(tag.first_chunk::<16>().unwrap_or(&[0; 16]));
        Ok(Self { id, material: Material::Hs256(hmac_of(secret)) })
    }

    /// From the 32 bytes that RFC 8032 calls the private key.
    pub fn ed25519(seed: &[u8; 32]) -> Self {
        Self::from_signing_key(SigningKey::from_bytes(seed))
    }

    /// From the PEM text of `openssl genpkey -algorithm ed25519`; `BadKey` for anything else.
    pub fn ed25519_from_pem(pem: &str) -> Result<Self> {
        SigningKey::from_pkcs8_pem(pem).map(Self::from_signing_key).map_err(|_| Error::BadKey)
    }

    /// A new private key as PEM, to be kept in a file that only the owner reads.
    pub fn generate_ed25519_pem() -> std::result::Result<Zeroizing<String>, purlin_core::Error> {
        let key = SigningKey::from_bytes(&*random::bytes()?);
        key.to_pkcs8_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF)
            .map_err(|error| purlin_core::Error::internal(error.to_string()))
    }

    /// The value of `kid`: the thumbprint (RFC 7638) of a public key, a keyed hash for a secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Hs256(_) => Algorithm::Hs256,
            Material::EdDsa(_) => Algorithm::EdDsa,
        }
    }

    /// The public half of an Ed25519 key; a secret has none.
    pub(super) fn public(&self) -> Option<[u8; 32]> {
        match &self.material {
            Material::Hs256(_) => None,
            Material::EdDsa(key) => Some(key.verifying_key().to_bytes()),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::Hs256(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Material::EdDsa(key) => key.sign(message).to_bytes().to_vec(),
        }
    }

    /// In constant time for a secret; for Ed25519 by the strict rules, which refuse weak keys.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Hs256(mac) => mac.clone().chain_update(message).verify_slice(signature).is_ok(),
            Material::EdDsa(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verifying_key().verify_strict(message, &signature).is_ok()),
        }
    }

    fn from_signing_key(key: SigningKey) -> Self {
        let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
        let id = thumbprint(&[("crv", "Ed25519"), ("kty", "OKP"), ("x", &x)]);
        Self { id, material: Material::EdDsa(Box::new(key)) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key that signs, and all that are accepted.
#[derive(Debug)]
pub struct KeyRing {
    signing: Key,
    accepted: Vec<Key>,
}

impl KeyRing {
    /// `accepted` are the keys before and after the one that signs; `RepeatedKey` if one comes twice.
    pub fn new(signing: Key, accepted: Vec<Key>) -> Result<Self> {
        let ring = Self { signing, accepted };
        for (index, key) in ring.all().enumerate() {
            if ring.all().skip(index + 1).any(|other| other.id == key.id) {
                return Err(Error::RepeatedKey);
            }
        }
        Ok(ring)
    }

    pub fn signing(&self) -> &Key {
        &self.signing
    }

    /// The one that signs comes first.
    pub fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.signing).chain(&self.accepted)
    }

    /// Ids are public: comparing them takes what time it takes.
    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.all().find(|key| key.id == id)
    }
}
