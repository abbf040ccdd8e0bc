//! The port to counting calls. Where the counts are kept, in this process or for all copies of the server, is
//! for the implementation.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::error::Error;
use crate::store::BoxFuture;

/// So many calls in a window, which begins with the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub calls: u32,
    pub window: Duration,
}

/// What is counted: the calls of one caller under one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Counter<'a> {
    pub rule: &'a str,
    pub caller: Caller<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller<'a> {
    /// By the key of their row.
    User(&'a str),
    Address(IpAddr),
}

impl Caller<'_> {
    /// One customer has a whole /64 of IPv6.
    pub fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// What came of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub is_allowed: bool,
    /// Calls that are left in this window.
    pub remaining: u32,
    /// Until the next window.
    pub reset: Duration,
}

pub trait RateLimiter: Send + Sync + fmt::Debug {
    /// Counts one call. A call that is refused costs nothing more.
    fn take<'a>(&'a self, counter: Counter<'a>, quota: Quota) -> BoxFuture<'a, Result<Taken, Error>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_one_customer() {
        for (left, right, are_one) in [
            ("1.2.3.4", "1.2.3.4", true),
            ("1.2.3.4", "1.2.3.5", false),
            ("1.2.3.4", "::ffff:1.2.3.4", true),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.5", false),
        ] {
            let of = |text: &str| Caller::at(text.parse().unwrap());
            assert_eq!(of(left) == of(right), are_one, "{left} {right}");
        }
    }
}
