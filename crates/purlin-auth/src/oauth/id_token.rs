//! What an ID token proves (OpenID Connect Core 1.0, 3.1.3.7). It is believed only after signature, issuer,
//! audience, time and nonce were checked.

use purlin_core::DateTime;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::jwk::{Algorithm, KeySet};
use super::profile::Claims;
use crate::error::{Error, Result};
use crate::token::{Parts, decode};

/// Some hold groups and pictures.
const LONGEST_TOKEN: usize = 32 * 1024;
/// For clocks that differ.
const LEEWAY_SECONDS: f64 = 30.0;

/// What this sign-in expects of its token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Proof {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// `UnknownKey` where a newer key set may help; everything else is final.
pub(super) fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims> {
    let Parts { message, header, claims, signature } = Parts::of(token, LONGEST_TOKEN)?;
    let header: Header = decode(header)?;
    if header.crit.is_some() {
        return Err(Error::Malformed);
    }
    let algorithm = Algorithm::of_name(&header.alg).ok_or(Error::WrongAlgorithm)?;
    keys.verify(header.kid.as_deref(), algorithm, message.as_bytes(), &signature)?;
    check(&decode(claims)?, expected)?;
    decode(claims)
}

fn check(proof: &Proof, expected: &Expected<'_>) -> Result<()> {
    if proof.iss != expected.issuer {
        return Err(Error::WrongIssuer);
    }
    let (is_ours, is_only) = match &proof.aud {
        Audience::One(audience) => (audience == expected.client, true),
        Audience::Many(all) => (all.iter().any(|one| one == expected.client), all.len() == 1),
    };
    // Who else is meant may have got it first: then it says that it was made for us.
    let is_for_us = proof.azp.as_deref().map_or(is_only, |party| party == expected.client);
    if !is_ours || !is_for_us {
        return Err(Error::WrongAudience);
    }
    let times = [proof.exp, proof.iat].into_iter().chain(proof.nbf);
    if times.clone().any(|time| !time.is_finite()) {
        return Err(Error::Malformed);
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our time are far below 2^53")]
    let now = expected.now.as_millis() as f64 / 1000.0;
    if proof.exp + LEEWAY_SECONDS <= now {
        return Err(Error::Expired);
    }
    if proof.iat > now + LEEWAY_SECONDS || proof.nbf.is_some_and(|from| from > now + LEEWAY_SECONDS) {
        return Err(Error::NotYetValid);
    }
    if proof.nonce.as_deref() != Some(expected.nonce) {
        return Err(Error::WrongNonce);
    }
    Ok(())
}
