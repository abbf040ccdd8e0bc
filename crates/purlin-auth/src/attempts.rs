//! Guessing is slowed down, never so that a stranger locks somebody out: what counts most is one account
//! from one address, and an address that has signed in before is not held up by what others try.
//!
//! NIST 800-63B asks for at most 100 failures in a row; five are free here. Kept in memory: each copy of the
//! server counts for itself.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::Error;
use purlin_core::recent::Recent;

/// Failures that cost nothing.
const FREE_OF_PAIR: u32 = 5;
const FREE_OF_ADDRESS: u32 = 50;
const FREE_OF_ACCOUNT: u32 = 30;
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// An account that others try: short enough that its owner, from a new place, gets in.
const LONGEST_WAIT_OF_ACCOUNT: Duration = Duration::from_secs(30);
/// After this long without a failure all is forgotten.
const MEMORY: Duration = Duration::from_hours(1);
/// Of these those that were used last are kept: a flood of strangers makes nobody's failures forgotten who goes
/// on trying.
const MOST_ENTRIES: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Attempts {
    /// A key of its own, so that nobody can choose what collides.
    hasher: RandomState,
    entries: Mutex<Recent<Entry>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { hasher: RandomState::new(), entries: Mutex::new(Recent::new(MOST_ENTRIES / 2)) }
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    last: Instant,
    until: Instant,
    /// This pair has signed in: strangers do not hold it up.
    is_known: bool,
}

impl Attempts {
    /// Before a guess is looked at. It counts as failed until `succeeded` says otherwise, so that many at
    /// once get no further than one after the other.
    pub(crate) fn begin(&self, account: &str, address: IpAddr, now: Instant) -> Result<(), Error> {
        let [pair, of_address, of_account] = self.keys(account, address);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |key: u64| entries.get(key).map_or(Duration::ZERO, |entry| entry.wait(now));
        let is_known = entries.get(pair).is_some_and(|entry| entry.is_known);
        let others = if is_known { Duration::ZERO } else { waits(of_account) };
        let retry_after = waits(pair).max(waits(of_address)).max(others);
        if !retry_after.is_zero() {
            for key in [pair, of_address, of_account] {
                entries.known(key);
            }
            return Err(Error::RateLimited { retry_after });
        }
        for (key, free, longest) in [
            (pair, FREE_OF_PAIR, LONGEST_WAIT),
            (of_address, FREE_OF_ADDRESS, LONGEST_WAIT),
            (of_account, FREE_OF_ACCOUNT, LONGEST_WAIT_OF_ACCOUNT),
        ] {
            let fresh = || Entry { failures: 0, last: now, until: now, is_known: false };
            entries.entry(key, fresh).fail(now, free, longest);
        }
        Ok(())
    }

    pub(crate) fn succeeded(&self, account: &str, address: IpAddr, now: Instant) {
        let [pair, of_address, of_account] = self.keys(account, address);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let known = Entry { failures: 0, last: now, until: now, is_known: true };
        *entries.entry(pair, || known) = known;
        // It was counted when it began.
        for key in [of_address, of_account] {
            if let Some(entry) = entries.known(key) {
                entry.failures = entry.failures.saturating_sub(1);
                entry.until = now;
            }
        }
    }

    fn keys(&self, account: &str, address: IpAddr) -> [u64; 3] {
        let address = network(address);
        [
            self.hasher.hash_one(("pair", account, address)),
            self.hasher.hash_one(("address", address)),
            self.hasher.hash_one(("account", account)),
        ]
    }
}

impl Entry {
    fn wait(&self, now: Instant) -> Duration {
        self.until.saturating_duration_since(now)
    }

    /// Each failure beyond the free ones doubles the wait.
    fn fail(&mut self, now: Instant, free: u32, longest: Duration) {
        if now.duration_since(self.last) >= MEMORY {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        self.last = now;
        if let Some(beyond) = self.failures.checked_sub(free) {
            let seconds = 1_u64.checked_shl(beyond.min(20)).unwrap_or(u64::MAX);
            self.until = now + Duration::from_secs(seconds).min(longest);
        }
    }
}

/// One customer has a whole /64 of IPv6.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Guesses without a pause; how many got through.
    fn guess(attempts: &Attempts, account: &str, from: &str, times: u32, now: Instant) -> u32 {
        (0..times).map(|_| u32::from(attempts.begin(account, address(from), now).is_ok())).sum()
    }

    #[test]
    fn five_guesses_are_free_and_then_the_wait_doubles() {
        let attempts = Attempts::default();
        let mut now = Instant::now();
        assert_eq!(guess(&attempts, "ada", "10.0.0.1", 20, now), 5);
        for wait in [1_u64, 2, 4, 8] {
            now += Duration::from_millis(wait * 1000 - 1);
            assert_eq!(guess(&attempts, "ada", "10.0.0.1", 3, now), 0, "{wait}");
            now += Duration::from_millis(1);
            assert_eq!(guess(&attempts, "ada", "10.0.0.1", 3, now), 1, "{wait}");
        }
        // In an hour of guessing as fast as one may.
        let mut through = 0;
        for _ in 0..3600 {
            now += Duration::from_secs(1);
            through += guess(&attempts, "ada", "10.0.0.1", 1, now);
        }
        assert!(through < 20, "{through}");
    }

    #[test]
    fn a_stranger_cannot_lock_the_owner_out() {
        let attempts = Attempts::default();
        let now = Instant::now();
        attempts.begin("ada", address("10.0.0.1"), now).unwrap();
        attempts.succeeded("ada", address("10.0.0.1"), now);
        for number in 0..100 {
            guess(&attempts, "ada", &format!("10.1.0.{number}"), 5, now);
        }
        assert!(attempts.begin("ada", address("10.0.0.1"), now).is_ok(), "a known address");
        let later = now + LONGEST_WAIT_OF_ACCOUNT;
        assert!(attempts.begin("ada", address("10.2.0.1"), later).is_ok(), "a new one, a little later");
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let through: u32 =
            (0..200).map(|number| guess(&attempts, &format!("user{number}"), "2001:db8::1", 1, now)).sum();
        assert_eq!(through, FREE_OF_ADDRESS);
        assert_eq!(guess(&attempts, "other", "2001:db8::ffff", 1, now), 0, "the same network");
        assert_eq!(guess(&attempts, "other", "2001:db8:0:1::1", 1, now), 1, "another");
    }

    #[test]
    fn signing_in_costs_an_address_nothing() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..500 {
            let account = format!("user{number}");
            attempts.begin(&account, address("10.0.0.1"), now).unwrap();
            attempts.succeeded(&account, address("10.0.0.1"), now);
        }
    }

    #[test]
    fn a_flood_makes_nobody_forgotten() {
        let attempts = Attempts::default();
        let now = Instant::now();
        assert_eq!(guess(&attempts, "ada", "10.0.0.1", 6, now), 5);
        for number in 0..u32::try_from(MOST_ENTRIES).unwrap() {
            let _ = attempts.begin(&number.to_string(), IpAddr::from(number.to_be_bytes()), now);
            if number % 5000 == 0 {
                assert_eq!(guess(&attempts, "ada", "10.0.0.1", 1, now), 0, "after {number}");
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..u32::try_from(MOST_ENTRIES).unwrap() {
            let _ = attempts.begin(&number.to_string(), IpAddr::from(number.to_be_bytes()), now);
        }
        assert!(attempts.entries.lock().unwrap().len() <= MOST_ENTRIES);
    }
}
