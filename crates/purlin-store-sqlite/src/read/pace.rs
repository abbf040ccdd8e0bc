//! How long reads of a shape take, as far as is known, and what follows: the quick ones run at once where
//! they are; slower ones beside the worker's other tasks; and long ones only a few at a time.
//!
//! A shape is taken for quick until a read of it shows otherwise. That read is ended and starts over at the
//! next pace, so that no client can choose a shape, or a value, that holds up the others.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::config::Config;

/// From here on a read keeps others waiting too long to run among them again.
const NOTICEABLE: Duration = Duration::from_millis(2);

/// How long a read that was taken for quick may go on.
const QUICK: Duration = Duration::from_millis(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pace {
    /// On the worker itself, without waiting for anything.
    Quick,
    /// Beside the worker's other tasks.
    Slow,
    /// The same, in one of few places.
    Long,
}

impl Pace {
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Quick => Self::Slow,
            Self::Slow | Self::Long => Self::Long,
        }
    }

    /// The time that a read of this pace is given.
    pub(crate) fn limit(self, config: &Config) -> Duration {
        match self {
            Self::Quick => QUICK.min(config.long_read_after).min(config.read_timeout),
            Self::Slow => config.long_read_after.min(config.read_timeout),
            Self::Long => config.read_timeout,
        }
    }
}

/// Reads that a shape must be seen to do quickly, one after the other, before it is taken for quick again.
/// One good read is not enough: the values differ, and clients choose them.
#[derive(Debug, Default)]
pub(crate) struct Debt(AtomicU32);

impl Debt {
    const AFTER_QUICK: u32 = 8;
    /// From here on it is long.
    const AFTER_SLOW: u32 = 64;

    pub(crate) fn pace(&self) -> Pace {
        match self.0.load(Ordering::Relaxed) {
            0 => Pace::Quick,
            Self::AFTER_SLOW.. => Pace::Long,
            _ => Pace::Slow,
        }
    }

    /// A read has come to its end in this time.
    pub(crate) fn ended(&self, took: Duration) {
        let before = self.0.load(Ordering::Relaxed);
        let after =
            if took < NOTICEABLE { before.saturating_sub(1) } else { before.clamp(1, Self::AFTER_SLOW - 1) };
        if after != before {
            self.0.store(after, Ordering::Relaxed);
        }
    }

    /// A read did not end in the time of its pace.
    pub(crate) fn overran(&self, pace: Pace) {
        let least = if pace == Pace::Quick { Self::AFTER_QUICK } else { Self::AFTER_SLOW };
        self.0.fetch_max(least, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads are `q`uick, `n`oticeable, or `!`, over the time of their pace.
    #[track_caller]
    fn check(reads: &str, expected: Pace) {
        let debt = Debt::default();
        for read in reads.chars() {
            match read {
                'q' => debt.ended(Duration::ZERO),
                'n' => debt.ended(NOTICEABLE),
                _ => debt.overran(debt.pace()),
            }
        }
        assert_eq!(debt.pace(), expected, "{reads}");
    }

    #[test]
    fn reads_make_the_pace() {
        check("", Pace::Quick);
        check("q", Pace::Quick);
        check("n", Pace::Slow);
        check("nq", Pace::Quick);
        check("!", Pace::Slow);
        check("!q", Pace::Slow);
        check("!qqqqqqqq", Pace::Quick);
        check("!!", Pace::Long);
        check("!!!", Pace::Long);
        check("!!n", Pace::Slow);
        check("!!q", Pace::Slow);
        check("!!q!", Pace::Long);
        check(&format!("!!{}", "q".repeat(63)), Pace::Slow);
        check(&format!("!!{}", "q".repeat(64)), Pace::Quick);
    }
}
