//! The compact form of a signed token (RFC 7515, 7.1): three parts of base64url. Only what a
//! signature covers is handed out, and only after it was checked.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use super::keys::{Algorithm, Key, KeyRing};
use crate::error::{Error, Result};

/// Longer tokens are refused unread. Headers of requests are limited too; this is for other ways in.
const LONGEST_TOKEN: usize = 8 * 1024;
/// RFC 9068: what else may be signed with the same keys is no access token.
const TYPE: &str = "at+jwt";

/// What is read of a header; its other members choose nothing here and are passed over.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

#[derive(Serialize)]
struct OurHeader<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
}

/// A token taken apart; nothing of it is true yet.
pub(crate) struct Parts<'t> {
    /// What the signature is over.
    pub message: &'t str,
    pub header: &'t str,
    pub claims: &'t str,
    pub signature: Vec<u8>,
}

impl<'t> Parts<'t> {
    pub(crate) fn of(token: &'t str, longest: usize) -> Result<Self> {
        if token.len() > longest {
            return Err(Error::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Error::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Error::Malformed)?;
        if claims.contains('.') {
            return Err(Error::Malformed);
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| Error::Malformed)?;
        Ok(Self { message, header, claims, signature })
    }
}

/// Whether a token without `kid` may be one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unnamed {
    Refused,
    /// By any of our secrets; a public key must be named.
    SignedWithSecret,
}

pub(super) fn sign(key: &Key, claims: &impl Serialize) -> Result<String> {
    let header = OurHeader { alg: key.algorithm().name(), typ: TYPE, kid: key.id() };
    let mut token = encode(&header)?;
    token.push('.');
    token.push_str(&encode(claims)?);
    let signature = key.sign(token.as_bytes());
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// The claims of a token whose signature is that of the key it names.
pub(super) fn verify<C: DeserializeOwned>(ring: &KeyRing, unnamed: Unnamed, token: &str) -> Result<C> {
    let Parts { message, header, claims, signature } = Parts::of(token, LONGEST_TOKEN)?;
    let header: Header = decode(header)?;
    // RFC 7515, 4.1.11: what is critical and not understood is refused, and here nothing is understood.
    if header.crit {
        return Err(Error::Malformed);
    }
    let is_signed = |key: &Key| key.verify(message.as_bytes(), &signature);
    match &header.kid {
        Some(id) => {
            let key = ring.find(id).ok_or(Error::UnknownKey)?;
            if header.alg != key.algorithm().name() {
                return Err(Error::WrongAlgorithm);
            }
            if header.typ.as_deref() != Some(TYPE) {
                return Err(Error::Malformed);
            }
            if !is_signed(key) {
                return Err(Error::BadSignature);
            }
        }
        None if unnamed == Unnamed::Refused => return Err(Error::UnknownKey),
        None => {
            if header.alg != Algorithm::Hs256.name() {
                return Err(Error::WrongAlgorithm);
            }
            if !matches!(header.typ.as_deref(), None | Some("JWT" | TYPE)) {
                return Err(Error::Malformed);
            }
            if !ring.all().filter(|key| key.algorithm() == Algorithm::Hs256).any(is_signed) {
                return Err(Error::BadSignature);
            }
        }
    }
    decode(claims)
}

fn encode(part: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(part).map_err(|_| Error::Malformed)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(text))
}

/// A member that comes twice is refused, as is base64 that could be written in another way.
pub(crate) fn decode<T: DeserializeOwned>(part: &str) -> Result<T> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Malformed)?;
    serde_json::from_slice(&text).map_err(|_| Error::Malformed)
}

fn is_there<'de, D: Deserializer<'de>>(member: D) -> std::result::Result<bool, D::Error> {
    IgnoredAny::deserialize(member).map(|_| true)
}
