//! What an access token says: who, in which session, from whom to whom, and for how long.

use std::time::Duration;

use purlin_core::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::compact::{self, Unnamed};
use super::keys::KeyRing;
use crate::error::{Error, Result};

/// For clocks that differ a little.
const LEEWAY_SECONDS: u64 = 5;
/// Beyond this no float is a whole number of its own.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_991.0;

#[derive(Clone, Debug)]
pub struct AccessSettings {
    /// `iss`; where it is set, tokens must carry it.
    pub issuer: Option<String>,
    /// `aud`; where it is set, tokens must carry it, alone or in a list.
    pub audience: Option<String>,
    /// How long a token is good for. 15 minutes by default; whole seconds count.
    pub lifetime: Duration,
    /// Accept tokens that somebody else signed with one of our secrets: without `kid` and session.
    pub accept_unnamed: bool,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self { issuer: None, audience: None, lifetime: Duration::from_mins(15), accept_unnamed: false }
    }
}

/// Signs and verifies. Made once, shared by all requests.
#[derive(Debug)]
pub struct AccessTokens {
    keys: KeyRing,
    settings: AccessSettings,
}

/// A token for the client, and how long it is good for.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedToken {
    /// Never log it.
    pub token: String,
    pub expires_in: Duration,
}

impl std::fmt::Debug for SignedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignedToken").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `sub`, never empty: the key of the auth model's row.
    pub subject: String,
    /// `sid`; absent only in tokens that others signed.
    pub session: Option<Uuid>,
    /// `iat`, in seconds since 1970.
    pub issued_at: Option<u64>,
    /// Seconds since 1970 from which on the token is refused: `exp` with the leeway.
    pub refused_from: u64,
}

#[derive(Serialize)]
struct OurClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    exp: u64,
    iat: u64,
    jti: Uuid,
    sid: Uuid,
}

#[derive(Deserialize)]
struct RawClaims {
    sub: String,
    sid: Option<Uuid>,
    iss: Option<String>,
    aud: Option<Audience>,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl AccessTokens {
    pub fn new(keys: KeyRing, settings: AccessSettings) -> Self {
        Self { keys, settings }
    }

    /// For the JWKS.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// A token for one user in one session.
    pub fn sign(&self, subject: &str, session: Uuid, now: DateTime) -> Result<SignedToken> {
        let now = seconds_of(now);
        let expires_in = Duration::from_secs(self.settings.lifetime.as_secs());
        let claims = OurClaims {
            iss: self.settings.issuer.as_deref(),
            sub: subject,
            aud: self.settings.audience.as_deref(),
            exp: now.saturating_add(expires_in.as_secs()),
            iat: now,
            jti: Uuid::new_v4(),
            sid: session,
        };
        Ok(SignedToken { token: compact::sign(self.keys.signing(), &claims)?, expires_in })
    }

    /// The claims of a token that is good now. The reasons against it are for the log only.
    pub fn verify(&self, token: &str, now: DateTime) -> Result<Claims> {
        let unnamed = if self.settings.accept_unnamed { Unnamed::SignedWithSecret } else { Unnamed::Refused };
        let claims: RawClaims = compact::verify(&self.keys, unnamed, token)?;
        self.check(claims, seconds_of(now))
    }

    fn check(&self, claims: RawClaims, now: u64) -> Result<Claims> {
        let refused_from = seconds(claims.exp)?.saturating_add(LEEWAY_SECONDS);
        let issued_at = claims.iat.map(seconds).transpose()?;
        let not_before = claims.nbf.map(seconds).transpose()?;
        if refused_from <= now {
            return Err(Error::Expired);
        }
        let latest = now.saturating_add(LEEWAY_SECONDS);
        if issued_at.into_iter().chain(not_before).any(|start| start > latest) {
            return Err(Error::NotYetValid);
        }
        if self.settings.issuer.is_some() && claims.iss != self.settings.issuer {
            return Err(Error::WrongIssuer);
        }
        if let Some(expected) = &self.settings.audience
            && !claims.aud.is_some_and(|audience| audience.holds(expected))
        {
            return Err(Error::WrongAudience);
        }
        if claims.sub.is_empty() || (claims.sid.is_none() && !self.settings.accept_unnamed) {
            return Err(Error::Malformed);
        }
        Ok(Claims { subject: claims.sub, session: claims.sid, issued_at, refused_from })
    }
}

impl Audience {
    fn holds(&self, expected: &str) -> bool {
        match self {
            Self::One(audience) => audience == expected,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == expected),
        }
    }
}

/// Of a time before 1970, which only a broken clock shows, zero.
fn seconds_of(time: DateTime) -> u64 {
    u64::try_from(time.as_millis().div_euclid(1000)).unwrap_or(0)
}

/// A `NumericDate` in whole seconds, rounded down; numbers beyond all calendars are refused.
fn seconds(number: f64) -> Result<u64> {
    let whole = number.floor();
    if !(0.0..=LARGEST_NUMBER).contains(&whole) {
        return Err(Error::Malformed);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked, and what is below the point is dropped on purpose"
    )]
    Ok(whole as u64)
}
