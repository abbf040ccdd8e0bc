//! How often strangers can make us write to somebody: a few mails of a kind to one address, then one now and
//! then. Nobody is told of what was not sent. Kept in memory: each copy of the server counts for itself.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::recent::Recent;

/// At once; then one after each pause.
const BURST: u32 = 3;
const PAUSE: Duration = Duration::from_mins(5);
const MOST_ENTRIES: usize = 100_000;

#[derive(Debug)]
pub(crate) struct MailPace {
    /// A key of its own, so that nobody can choose what collides.
    hasher: RandomState,
    /// When the pauses of all mails so far are over.
    until: Mutex<Recent<Instant>>,
}

impl Default for MailPace {
    fn default() -> Self {
        Self { hasher: RandomState::new(), until: Mutex::new(Recent::new(MOST_ENTRIES / 2)) }
    }
}

impl MailPace {
    /// Whether another mail may go; it counts as sent.
    pub(crate) fn allows(&self, template: &'static str, address: &str, now: Instant) -> bool {
        let key = self.hasher.hash_one((template, address));
        let mut entries = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = entries.entry(key, || now);
        let next = (*until).max(now) + PAUSE;
        let is_allowed = next.duration_since(now) <= PAUSE * BURST;
        if is_allowed {
            *until = next;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pace: &MailPace, template: &'static str, address: &str, times: u32, now: Instant) -> u32 {
        (0..times).map(|_| u32::from(pace.allows(template, address, now))).sum()
    }

    #[test]
    fn a_few_at_once_and_then_one_now_and_then() {
        let pace = MailPace::default();
        let mut now = Instant::now();
        assert_eq!(sent(&pace, "reset-password", "ada@example.com", 10, now), BURST);
        assert_eq!(sent(&pace, "sign-in-code", "ada@example.com", 10, now), BURST, "another mail");
        assert_eq!(sent(&pace, "reset-password", "bob@example.com", 10, now), BURST, "another address");
        now += PAUSE.saturating_sub(Duration::from_millis(1));
        assert_eq!(sent(&pace, "reset-password", "ada@example.com", 10, now), 0);
        now += Duration::from_millis(1);
        assert_eq!(sent(&pace, "reset-password", "ada@example.com", 10, now), 1);
        // A day of asking every second.
        let mut total = 0;
        for _ in 0..24 * 3600 {
            now += Duration::from_secs(1);
            total += sent(&pace, "reset-password", "ada@example.com", 1, now);
        }
        assert!(total <= 24 * 12, "{total}");
        assert_eq!(sent(&pace, "reset-password", "ada@example.com", 10, now + PAUSE * 9), BURST, "all again");
    }

    #[test]
    fn a_flood_makes_nobody_forgotten() {
        let pace = MailPace::default();
        let now = Instant::now();
        assert_eq!(sent(&pace, "reset-password", "ada@example.com", 10, now), BURST);
        for number in 0..3 * MOST_ENTRIES {
            pace.allows("reset-password", &number.to_string(), now);
            if number % 10_000 == 0 {
                assert_eq!(sent(&pace, "reset-password", "ada@example.com", 1, now), 0, "after {number}");
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let pace = MailPace::default();
        let now = Instant::now();
        for number in 0..=MOST_ENTRIES {
            pace.allows("reset-password", &number.to_string(), now);
        }
        assert!(pace.until.lock().unwrap().len() <= MOST_ENTRIES);
    }
}
