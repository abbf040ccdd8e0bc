//! Where the file is, and the limits.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Config {
    pub path: PathBuf,
    /// Write plans that may wait for the writer; beyond it the answer is `Unavailable`.
    pub write_queue: usize,
    /// Plans that share one commit, at most.
    pub write_group: usize,
    /// How long plans are added to a commit that others wait for.
    pub write_group_time: Duration,
    /// How long one plan may take before it is rolled back alone.
    pub write_timeout: Duration,
    /// How long one read may take.
    pub read_timeout: Duration,
    /// Reads that need more than this run only so many at a time: they have the processors to themselves.
    pub long_read_after: Duration,
    /// How many of them.
    pub long_reads: usize,
    /// How long such a read waits for its turn; then the answer is `Unavailable`.
    pub long_read_wait: Duration,
    /// How long to wait for a lock that another process holds.
    pub lock_timeout: Duration,
    /// How old a held snapshot may become: by then another process's writes are seen.
    pub renew_after: Duration,
    /// Bytes of one answer, those waiting to be put together included.
    pub max_answer_bytes: usize,
    /// Pages in the log before its content is moved into the database.
    pub checkpoint_pages: u32,
    /// Statement shapes kept ready on each connection.
    pub cached_statements: usize,
    /// Counted totals kept until a write touches their tables.
    pub cached_totals: usize,
    /// Page cache of each connection.
    pub cache_bytes: usize,
    /// How much of the file is mapped into memory.
    pub mapped_bytes: u64,
}

impl Config {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            write_queue: 1024,
            write_group: 256,
            write_group_time: Duration::from_millis(10),
            write_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            long_read_after: Duration::from_millis(250),
            long_reads: std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
            long_read_wait: Duration::from_millis(250),
            lock_timeout: Duration::from_secs(5),
            renew_after: Duration::from_millis(40),
            max_answer_bytes: 16 * 1024 * 1024,
            checkpoint_pages: 2000,
            cached_statements: 256,
            cached_totals: 4096,
            cache_bytes: 8 * 1024 * 1024,
            mapped_bytes: 1024 * 1024 * 1024,
        }
    }
}
