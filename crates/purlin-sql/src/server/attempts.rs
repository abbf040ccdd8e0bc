//! Trying again: to reach a server that is away, and plans that others were in the way of.

use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::connection::Refusal;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A plan that others were in the way of is tried so often.
pub const TRIES: u32 = 10;

/// So often is a plan tried again whose way was blocked by somebody who was quicker.
pub const RACES: u32 = 2;

/// Of a server that does not answer. While it is away, whoever asks hears so at once; one of them, now and then,
/// tries again.
#[derive(Debug, Default)]
pub struct Attempts {
    pause: Option<Duration>,
    next: Option<Instant>,
}

impl Attempts {
    /// Whether to try now, or what to say instead.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.next {
            Some(next) if Instant::now() < next => {
                Err(Refusal::Unavailable("the server does not answer".to_owned()))
            }
            _ => Ok(()),
        }
    }

    pub fn failed(&mut self, error: &impl Display) -> Refusal {
        let pause = self.pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        if self.pause.is_none() {
            tracing::error!(%error, "the database is lost");
        }
        self.pause = Some(pause);
        self.next = Some(Instant::now() + pause);
        Refusal::Unavailable(error.to_string())
    }

    pub fn succeeded(&mut self) {
        if self.pause.take().is_some() {
            tracing::info!("the database is back");
        }
        self.next = None;
    }
}

/// Before the next of these tries: longer each time, and never the same for two who met.
pub fn pause(tries: u32) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let spread = u64::from(now.subsec_nanos() % 1000);
    Duration::from_micros((200 << tries.min(8)) + spread * (1 << tries.min(6)))
}
