//! Refresh tokens: opaque, single use, successors of one another in the family of a session.
//! `prt_` + base64url of session id (16 bytes), randomness (32), MAC (16). The MAC keeps guesses
//! away from the database; what stands there is a hash. Rotation: RFC 9700, section 4.14.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::random;
use crate::secret::{ServerKey, hex};

const PREFIX: &str = "prt_";
const RAW_BYTES: usize = 64;
const MAC_PURPOSE: &str = "refresh";
/// Characters of every refresh token.
pub const TOKEN_LENGTH: usize = 90;

/// A token whose MAC is ours: made here, or parsed. Its `Debug` names the session only.
#[derive(Clone)]
pub struct RefreshToken {
    session: Uuid,
    random: Zeroizing<[u8; 32]>,
    mac: [u8; 16],
}

impl RefreshToken {
    /// The first of a session's family.
    pub fn first(key: &ServerKey, session: Uuid) -> std::result::Result<Self, purlin_core::Error> {
        Ok(Self::new(key, session, random::bytes()?))
    }

    /// The one after this. It is always the same one, so that an answer that was lost can be given
    /// again; who holds this token alone cannot know it.
    #[must_use]
    pub fn successor(&self, key: &ServerKey) -> Self {
        let next = key.mac("refresh next", &[self.session.as_bytes(), self.random.as_slice()]);
        Self::new(key, self.session, Zeroizing::new(next))
    }

    /// `Malformed`, or `BadSignature` for a token that this server never made.
    pub fn parse(key: &ServerKey, text: &str) -> Result<Self> {
        if text.len() != TOKEN_LENGTH {
            return Err(Error::Malformed);
        }
        let encoded = text.strip_prefix(PREFIX).ok_or(Error::Malformed)?;
        let raw = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Error::Malformed)?);
        let (session, rest) = raw.split_first_chunk::<16>().ok_or(Error::Malformed)?;
        let (random, given) = rest.split_first_chunk::<32>().ok_or(Error::Malformed)?;
        let mac = key
            .macs(MAC_PURPOSE, &[session, random])
            .map(|full| shortened(&full))
            .find(|mac| bool::from(mac.as_slice().ct_eq(given)))
            .ok_or(Error::BadSignature)?;
        Ok(Self { session: Uuid::from_bytes(*session), random: Zeroizing::new(*random), mac })
    }

    pub fn session(&self) -> Uuid {
        self.session
    }

    /// What the client keeps. Never log it.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut raw = Zeroizing::new(Vec::with_capacity(RAW_BYTES));
        raw.extend_from_slice(self.session.as_bytes());
        raw.extend_from_slice(self.random.as_slice());
        raw.extend_from_slice(&self.mac);
        Zeroizing::new(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(raw.as_slice())))
    }

    /// What the database keeps: SHA-256 in hexadecimal digits. 256 random bits need no slow hash.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.to_text().as_bytes()))
    }

    fn new(key: &ServerKey, session: Uuid, random: Zeroizing<[u8; 32]>) -> Self {
        let mac = shortened(&key.mac(MAC_PURPOSE, &[session.as_bytes(), random.as_slice()]));
        Self { session, random, mac }
    }
}

fn shortened(mac: &[u8; 32]) -> [u8; 16] {
    *mac.first_chunk().unwrap_or(&[0; 16])
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RefreshToken").field("session", &self.session).finish_non_exhaustive()
    }
}
