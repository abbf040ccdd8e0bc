//! How often and how long a mail is tried.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Waits after each attempt; the last repeats. Each varies by a tenth, so that what failed together
    /// does not come back together.
    pub waits: Vec<Duration>,
    /// From when the mail was accepted.
    pub give_up_after: Duration,
    /// The longest that one delivery may take.
    pub delivery_timeout: Duration,
    /// How long a mail belongs to who has claimed it, and does not say so again: how late a mail is whose
    /// sender has died.
    pub lease: Duration,
    /// How often the outbox is looked at when nothing is due: for mails of copies that have ended.
    pub look: Duration,
    /// Deliveries at the same time.
    pub deliveries: usize,
    /// How long rows of sent and of failed mails stay.
    pub keep_sent: Duration,
    pub keep_failed: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let minutes = Duration::from_mins;
        let hours = Duration::from_hours;
        let seconds = Duration::from_secs;
        Self {
            waits: vec![seconds(4), seconds(30), minutes(2), minutes(10), hours(1), hours(4)],
            give_up_after: hours(24),
            delivery_timeout: minutes(1),
            lease: seconds(15),
            look: seconds(30),
            deliveries: 4,
            keep_sent: hours(7 * 24),
            keep_failed: hours(30 * 24),
        }
    }
}

impl Pace {
    /// Before the next attempt, after so many; `chance` from 0 to 255.
    pub(crate) fn wait(&self, attempts: usize, chance: u8) -> Duration {
        let wait = self.waits.get(attempts.saturating_sub(1)).or(self.waits.last());
        let wait = wait.copied().unwrap_or_default();
        wait * 9 / 10 + wait * u32::from(chance) / (5 * 255)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[test]
    fn waits_grow_and_vary_by_a_tenth() {
        let pace = Pace::default();
        for (attempts, chance, expected) in [
            (1, 0, 3_600),
            (1, 255, 4_400),
            (2, 0, 27_000),
            (5, 0, 3_240_000),
            (6, 0, 12_960_000),
            (60, 255, 15_840_000),
        ] {
            assert_eq!(pace.wait(attempts, chance), Duration::from_millis(expected), "{attempts}");
        }
    }
}
