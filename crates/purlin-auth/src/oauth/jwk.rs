//! A provider's public keys (RFC 7517), and signatures by them. The kind of the key decides which algorithms
//! it is good for (RFC 8725, 3.1); keys of other kinds are passed over.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use crate::error::{Error, Result};

/// More than any provider has.
const MOST_KEYS: usize = 64;
const UNCOMPRESSED: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<PublicKey>);

#[derive(Debug)]
pub(super) struct PublicKey {
    id: Option<String>,
    /// The only one that it is meant for, where it says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

#[derive(Deserialize)]
pub(super) struct RawSet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Algorithm {
    /// Neither `none` nor anything with a shared secret is one.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl KeySet {
    pub(super) fn of(set: RawSet) -> Self {
        let keys = set.keys.into_iter().take(MOST_KEYS);
        let keys = keys.filter_map(|key| serde_json::from_value(key).ok());
        Self(keys.filter_map(|key: RawKey| PublicKey::of(&key)).collect())
    }

    /// `UnknownKey` where a newer set may help.
    pub(super) fn verify(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let mut named = self.0.iter().filter(|key| id.is_none() || key.id.as_deref() == id).peekable();
        if named.peek().is_none() {
            return Err(Error::UnknownKey);
        }
        let mut fitting = named.filter(|key| key.is_for(algorithm)).peekable();
        if fitting.peek().is_none() {
            return Err(Error::WrongAlgorithm);
        }
        let is_signed = fitting.any(|key| key.is_signed(algorithm, message, signature));
        if is_signed { Ok(()) } else { Err(Error::BadSignature) }
    }
}

impl PublicKey {
    fn of(raw: &RawKey) -> Option<Self> {
        if raw.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let bytes = |text: &Option<String>| BASE64_URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        let material = match (raw.kty.as_str(), raw.crv.as_deref()) {
            ("RSA", _) => Material::Rsa {
                modulus: without_zeros(bytes(&raw.n)?),
                exponent: without_zeros(bytes(&raw.e)?),
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&raw.x)?, bytes(&raw.y)?);
                if (x.len(), y.len()) != (32, 32) {
                    return None;
                }
                Material::P256([&[UNCOMPRESSED][..], &x, &y].concat())
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(&raw.x)?),
            _ => return None,
        };
        Some(Self { id: raw.kid.clone(), algorithm: raw.alg.clone(), material })
    }

    fn is_for(&self, algorithm: Algorithm) -> bool {
        let fits = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
        };
        fits && self.algorithm.as_deref().is_none_or(|own| own == algorithm.name())
    }

    fn is_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                // From 2048 bits on.
                let rule = match algorithm {
                    Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    Algorithm::Rs256 | Algorithm::Es256 | Algorithm::EdDsa => &RSA_PKCS1_2048_8192_SHA256,
                };
                key.verify(rule, message, signature).is_ok()
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            Material::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
            }
        }
    }
}

/// Some write a number with zeros before it.
fn without_zeros(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}
