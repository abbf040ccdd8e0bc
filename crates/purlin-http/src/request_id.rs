//! The name of one request in answers and logs. A client's own is taken when it is short and
//! plain, so that nothing in it can forge a log line; else one is made without a lock.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_LENGTH: usize = 64;

/// Letters, digits, `.`, `_` and `-` only.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

thread_local! {
    /// Each thread counts from its own random start, so that two rarely share an id.
    static NEXT: Cell<u64> = Cell::new(RandomState::new().hash_one(0_u8));
}

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(X_REQUEST_ID) {
            Some(given) if is_plain(given.as_bytes()) => Self(given.clone()),
            _ => Self::generate(),
        }
    }

    fn generate() -> Self {
        let counted = NEXT.get();
        NEXT.set(counted.wrapping_add(1));
        let mut digits = [0_u8; 16];
        let mut rest = scatter(counted);
        for digit in &mut digits {
            let nibble = u8::try_from(rest & 0xF).unwrap_or_default();
            *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            rest >>= 4;
        }
        let value = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(&digits));
        Self(value.unwrap_or(HeaderValue::from_static("none")))
    }

    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn as_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// One-to-one, so that ids of one thread never repeat, and far apart, so that they read well.
fn scatter(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn is_plain(id: &[u8]) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
