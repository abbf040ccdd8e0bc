//! Whether a message was signed for us, now, by the address in it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use purlin_core::DateTime;
use subtle::ConstantTimeEq as _;

use super::account::Account;
use super::message::Message;
use super::{signature, syntax};
use crate::error::{Error, Result};

/// For clocks that differ a little: wallets write `Issued At` by their own.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What the server knows of the request. The nonce is the one it issued, and is used up either way.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where sign-in may be asked from, such as `https://shop.example` or `http://localhost:3000`,
    /// in lower case and without a default port. Domain, scheme and URI must all be of one of them.
    pub origins: &'a [String],
    pub chain_ids: &'a [u64],
    pub nonce: &'a str,
    /// How old the message may be: as long as a nonce lives.
    pub longest_age: Duration,
    pub now: DateTime,
}

impl Message<'_> {
    /// The address that signed. Everything is checked before the signature, which costs the most.
    pub fn verify(&self, signature: &str, expected: &Expected<'_>) -> Result<Account> {
        self.check_origin(expected.origins)?;
        if !expected.chain_ids.contains(&self.chain_id) {
            return Err(Error::WrongChain);
        }
        if !bool::from(self.nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(Error::WrongNonce);
        }
        self.check_time(expected)?;
        let signer = signature::signer(self.text, signature)?;
        if signer == self.account { Ok(signer) } else { Err(Error::BadSignature) }
    }

    /// A message without a scheme means HTTPS, or whatever its URI says where that is one of ours.
    fn check_origin(&self, origins: &[String]) -> Result<()> {
        let is_of = |origin: &&String| {
            let Some((scheme, authority)) = origin.split_once("://") else { return false };
            authority == self.domain && self.scheme.is_none_or(|given| given == scheme)
        };
        let mut of_domain = origins.iter().filter(is_of).peekable();
        if of_domain.peek().is_none() {
            return Err(Error::WrongDomain);
        }
        let given = syntax::origin(self.uri).ok_or(Error::WrongUri)?;
        if of_domain.any(|origin| origin == given) { Ok(()) } else { Err(Error::WrongUri) }
    }

    fn check_time(&self, expected: &Expected<'_>) -> Result<()> {
        let now = Timestamp::from_millisecond(expected.now.as_millis()).map_err(|_| Error::Expired)?;
        let starts = std::iter::once(self.issued_at).chain(self.not_before);
        if starts.into_iter().any(|start| start.duration_since(now) > LEEWAY) {
            return Err(Error::NotYetValid);
        }
        let longest = SignedDuration::try_from(expected.longest_age).unwrap_or(SignedDuration::MAX);
        let is_old = now.duration_since(self.issued_at) > longest.saturating_add(LEEWAY);
        if is_old || self.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::Expired);
        }
        Ok(())
    }
}
