//! Counts kept in this process: each copy of the server counts for itself.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::Error;
use purlin_core::rate_limit::{Counter, Quota, RateLimiter, Taken};
use purlin_core::recent::Recent;
use purlin_core::store::BoxFuture;

const SHARDS: usize = 16;
/// As many as a map of 32,768 places holds. With two generations in 16 shards that is 917,504 callers.
const GENERATION: usize = 28_672;

pub struct MemoryRateLimiter {
    /// A key of its own, so that nobody can choose who shares a counter.
    hasher: RandomState,
    begun: Instant,
    shards: [Mutex<Recent<Window>>; SHARDS],
}

#[derive(Clone, Copy)]
struct Window {
    /// Milliseconds from the limiter's beginning to its own.
    since: u64,
    used: u32,
}

impl Default for MemoryRateLimiter {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            begun: Instant::now(),
            shards: std::array::from_fn(|_| Mutex::new(Recent::new(GENERATION))),
        }
    }
}

impl MemoryRateLimiter {
    fn count(&self, counter: Counter<'_>, quota: Quota, now: Instant) -> Taken {
        let now = millis(now.saturating_duration_since(self.begun));
        let length = millis(quota.window);
        let key = self.hasher.hash_one(counter);
        let [shard, ..] = key.to_le_bytes();
        let Some(shard) = self.shards.get(usize::from(shard) % SHARDS) else {
            // There are as many as the remainder can name.
            return Taken { is_allowed: false, remaining: 0, reset: quota.window };
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let window = shard.entry(key, || Window { since: now, used: 0 });
        if now.saturating_sub(window.since) >= length {
            *window = Window { since: now, used: 0 };
        }
        let is_allowed = window.used < quota.calls;
        window.used += u32::from(is_allowed);
        Taken {
            is_allowed,
            remaining: quota.calls.saturating_sub(window.used),
            reset: Duration::from_millis((window.since + length).saturating_sub(now)),
        }
    }
}

impl RateLimiter for MemoryRateLimiter {
    fn take<'a>(&'a self, counter: Counter<'a>, quota: Quota) -> BoxFuture<'a, Result<Taken, Error>> {
        let taken = self.count(counter, quota, Instant::now());
        Box::pin(std::future::ready(Ok(taken)))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}

impl fmt::Debug for MemoryRateLimiter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MemoryRateLimiter")
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv6Addr};

    use purlin_core::rate_limit::Caller;

    use super::*;

    const QUOTA: Quota = Quota { calls: 3, window: Duration::from_secs(10) };

    #[test]
    fn windows_begin_with_the_first_call() {
        let limiter = MemoryRateLimiter::default();
        let counter = Counter { rule: "r", caller: Caller::User("1") };
        for (at, is_allowed, remaining, reset) in [
            (0, true, 2, 10_000),
            (1_000, true, 1, 9_000),
            (9_000, true, 0, 1_000),
            (9_000, false, 0, 1_000),
            (9_999, false, 0, 1),
            (10_000, true, 2, 10_000),
            (19_999, true, 1, 1),
            (40_000, true, 2, 10_000),
        ] {
            let now = limiter.begun + Duration::from_millis(at);
            let expected = Taken { is_allowed, remaining, reset: Duration::from_millis(reset) };
            assert_eq!(limiter.count(counter, QUOTA, now), expected, "at {at} ms");
        }
    }

    #[test]
    fn callers_and_rules_do_not_share() {
        let limiter = MemoryRateLimiter::default();
        let address = |text: &str| Caller::at(text.parse::<IpAddr>().unwrap());
        let callers = [Caller::User("1"), Caller::User("2"), Caller::User("1.2.3.4"), address("1.2.3.4")];
        for (rule, caller) in ["a", "b"].iter().flat_map(|rule| callers.map(|caller| (rule, caller))) {
            let through =
                (0..5).filter(|_| limiter.count(Counter { rule, caller }, QUOTA, limiter.begun).is_allowed);
            assert_eq!(through.count(), 3, "{rule} {caller:?}");
        }
    }

    /// A million networks of IPv6 come by, and one that is refused keeps calling.
    #[test]
    fn a_flood_frees_nobody_and_memory_is_bounded() {
        let limiter = MemoryRateLimiter::default();
        let hot = Counter { rule: "r", caller: Caller::User("hot") };
        for _ in 0..3 {
            assert!(limiter.count(hot, QUOTA, limiter.begun).is_allowed);
        }
        for number in 0..1_000_000_u128 {
            let address = IpAddr::from(Ipv6Addr::from_bits(number << 64));
            limiter.count(Counter { rule: "r", caller: Caller::at(address) }, QUOTA, limiter.begun);
            if number % 1000 == 0 {
                assert!(!limiter.count(hot, QUOTA, limiter.begun).is_allowed, "after {number}");
            }
        }
        let held: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * 2 * GENERATION, "{held}");
    }
}
