//! Counts of requests and their times, in Prometheus' text form. Each thread adds to a shard
//! of its own, so that counting costs no more than the additions.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

const SHARDS: usize = 16;
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Upper bounds in microseconds; the last bucket has none.
const BOUNDS: [u64; 11] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000, 5_000_000];
const BUCKETS: usize = BOUNDS.len() + 1;

#[derive(Debug, Default)]
pub struct Metrics {
    shards: [Shard; SHARDS],
}

/// On cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    classes: [AtomicU64; CLASSES.len()],
    buckets: [AtomicU64; BUCKETS],
    micros: AtomicU64,
}

static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static SHARD: Cell<usize> = Cell::new(NEXT_SHARD.fetch_add(1, Ordering::Relaxed) % SHARDS);
}

impl Metrics {
    pub(crate) fn record(&self, status: http::StatusCode, took: Duration) {
        let Some(shard) = self.shards.get(SHARD.get()) else { return };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        for counter in [shard.classes.get(class), shard.buckets.get(bucket)].into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        shard.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The text that `/metrics` answers.
    pub fn render(&self) -> String {
        let mut text = String::from("# TYPE purlin_http_requests_total counter\n");
        for (index, class) in CLASSES.iter().enumerate() {
            let count = self.sum(|shard| shard.classes.get(index));
            let _ = writeln!(text, "purlin_http_requests_total{{status=\"{class}\"}} {count}");
        }
        text.push_str("# TYPE purlin_http_request_duration_seconds histogram\n");
        let mut below = 0;
        for index in 0..BUCKETS {
            below += self.sum(|shard| shard.buckets.get(index));
            let bound = BOUNDS.get(index).map_or_else(|| "+Inf".to_owned(), |micros| seconds(*micros));
            let _ = writeln!(text, "purlin_http_request_duration_seconds_bucket{{le=\"{bound}\"}} {below}");
        }
        let micros = self.sum(|shard| Some(&shard.micros));
        let _ = writeln!(text, "purlin_http_request_duration_seconds_sum {}", seconds(micros));
        let _ = writeln!(text, "purlin_http_request_duration_seconds_count {below}");
        text
    }

    fn sum<'a>(&'a self, counter: impl Fn(&'a Shard) -> Option<&'a AtomicU64>) -> u64 {
        self.shards.iter().filter_map(counter).map(|counter| counter.load(Ordering::Relaxed)).sum()
    }
}

/// Microseconds as decimal seconds, exactly.
fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_class_and_time() {
        let metrics = Metrics::default();
        metrics.record(http::StatusCode::OK, Duration::from_micros(100));
        metrics.record(http::StatusCode::NOT_FOUND, Duration::from_micros(101));
        metrics.record(http::StatusCode::OK, Duration::from_secs(9));
        let text = metrics.render();
        for line in [
            "purlin_http_requests_total{status=\"2xx\"} 2",
            "purlin_http_requests_total{status=\"4xx\"} 1",
            "purlin_http_requests_total{status=\"5xx\"} 0",
            "purlin_http_request_duration_seconds_bucket{le=\"0.000100\"} 1",
            "purlin_http_request_duration_seconds_bucket{le=\"0.000250\"} 2",
            "purlin_http_request_duration_seconds_bucket{le=\"5.000000\"} 2",
            "purlin_http_request_duration_seconds_bucket{le=\"+Inf\"} 3",
            "purlin_http_request_duration_seconds_sum 9.000201",
            "purlin_http_request_duration_seconds_count 3",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is absent from\n{text}");
        }
    }
}
