//! A stored password hash, whatever made it.

use std::fmt;

use purlin_core::Error;

use super::argon::{self, Cost, Memory};
use super::blowfish;
use crate::random;

/// A fresh hash for the database: `$argon2id$…`. Its `Debug` shows nothing, as it can be guessed against.
#[derive(Clone, PartialEq, Eq)]
pub struct PhcString(String);

impl PhcString {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for PhcString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhcString")
    }
}

pub(super) enum Stored {
    Argon2(argon::Stored),
    Bcrypt(blowfish::Stored),
}

impl Stored {
    /// `None` for what is no hash that we know, or one that costs too much.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // The longest that Argon2 makes here is well below.
        if text.len() > 512 {
            return None;
        }
        let argon2 = argon::Stored::parse(text).map(Self::Argon2);
        argon2.or_else(|| blowfish::Stored::parse(text).map(Self::Bcrypt))
    }

    pub(super) fn of_nobody(cost: &Cost) -> Result<Self, Error> {
        let (salt, output) = (random::bytes::<{ argon::SALT_BYTES }>()?, random::bytes::<32>()?);
        let stored = argon::Stored::of_nobody(cost, salt.as_slice(), output.as_slice());
        stored.map(Self::Argon2).ok_or_else(impossible_cost)
    }

    pub(super) fn is_of(&self, password: &[u8], memory: &mut Memory) -> bool {
        match self {
            Self::Argon2(stored) => stored.is_of(password, memory),
            Self::Bcrypt(stored) => stored.is_of(password),
        }
    }

    /// After a match: whether to replace it by a hash of the password just given.
    pub(super) fn needs_rehash(&self, password: &[u8], cost: &Cost) -> bool {
        match self {
            Self::Argon2(stored) => stored.is_weaker_than(cost),
            Self::Bcrypt(_) => blowfish::Stored::is_wholly_read(password),
        }
    }

    /// Whether it takes as long to verify as the hashes that we make.
    pub(super) fn is_usual(&self, cost: &Cost) -> bool {
        match self {
            Self::Argon2(stored) => stored.is_usual(cost),
            Self::Bcrypt(_) => false,
        }
    }
}

pub(super) fn hash(password: &[u8], cost: &Cost, memory: &mut Memory) -> Result<PhcString, Error> {
    let salt = random::bytes::<{ argon::SALT_BYTES }>()?;
    let text = argon::hash(password, salt.as_slice(), cost, memory);
    text.map(PhcString).ok_or_else(impossible_cost)
}

fn impossible_cost() -> Error {
    Error::internal("the cost of password hashes is out of Argon2's bounds")
}
