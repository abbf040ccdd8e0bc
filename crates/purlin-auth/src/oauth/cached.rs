//! What was fetched from a provider, kept for a while. One fetch at a time; one that failed is not repeated at
//! once, and what was known before stays good meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::failure::Failure;

const FRESH: Duration = Duration::from_hours(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// A key that is not known yet is asked for this often, whoever makes them up.
const PAUSE_BEFORE_NEWER: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Slot<T>>);

#[derive(Debug)]
struct Slot<T> {
    value: Option<(Arc<T>, Instant)>,
    failed: Option<Instant>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(Slot { value: None, failed: None }))
    }
}

impl<T> Cached<T> {
    pub(super) async fn get(
        &self,
        clock: impl Fn() -> Instant,
        fetch: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Arc<T>, Failure> {
        self.no_older_than(FRESH, clock, fetch).await
    }

    /// For who did not find there what must be there.
    pub(super) async fn get_newer(
        &self,
        clock: impl Fn() -> Instant,
        fetch: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Arc<T>, Failure> {
        self.no_older_than(PAUSE_BEFORE_NEWER, clock, fetch).await
    }

    async fn no_older_than(
        &self,
        age: Duration,
        clock: impl Fn() -> Instant,
        fetch: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Arc<T>, Failure> {
        let mut slot = self.0.lock().await;
        let now = clock();
        let known = slot.value.as_ref();
        if let Some((value, fetched)) = known
            && now.saturating_duration_since(*fetched) < age
        {
            return Ok(Arc::clone(value));
        }
        let known = known.map(|(value, _)| Arc::clone(value));
        if slot.failed.is_some_and(|failed| now.saturating_duration_since(failed) < PAUSE_AFTER_FAILURE) {
            return known.ok_or_else(|| Failure::Unavailable("failed a moment ago".to_owned()));
        }
        match fetch.await {
            Ok(value) => {
                let value = Arc::new(value);
                *slot = Slot { value: Some((Arc::clone(&value), clock())), failed: None };
                Ok(value)
            }
            Err(error) => {
                slot.failed = Some(clock());
                let Some(known) = known else { return Err(error) };
                tracing::warn!(%error, "what a provider says of itself could not be renewed");
                Ok(known)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn asks_seldom_and_lives_through_failures() {
        let start = Instant::now();
        let cached = Cached::default();
        for (seconds, newer, answer, expected, is_asked, why) in [
            (0, false, None, None, true, "down from the start"),
            (4, false, Some(1), None, false, "not asked again at once"),
            (5, false, Some(1), Some(1), true, "up"),
            (64, false, Some(2), Some(1), false, "known"),
            (64, true, Some(2), Some(1), false, "an unknown key, too soon after the last"),
            (65, true, Some(3), Some(3), true, "a minute later"),
            (66, true, Some(4), Some(3), false, "too soon again"),
            (4000, false, None, Some(3), true, "down when it is old: still good"),
            (4004, true, Some(5), Some(3), false, "failed a moment ago"),
            (4005, false, Some(6), Some(6), true, "renewed"),
        ] {
            let clock = || start + Duration::from_secs(seconds);
            let mut was_asked = false;
            let fetch = async {
                was_asked = true;
                answer.ok_or_else(|| Failure::Unavailable("down".to_owned()))
            };
            let found =
                if newer { cached.get_newer(clock, fetch).await } else { cached.get(clock, fetch).await };
            assert_eq!((found.ok().map(|value| *value), was_asked), (expected, is_asked), "{why}");
        }
    }
}
