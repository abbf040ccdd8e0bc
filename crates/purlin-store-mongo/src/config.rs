//! Where the database is, and the limits.

use std::time::Duration;

use purlin_core::changes::STALE_AFTER;

#[derive(Clone)]
pub struct Config {
    /// `mongodb://user:password@host:port,host2/database?options` or `mongodb+srv://…`. TLS, the replica set's
    /// name, the write concern and so on are the URL's business, as every driver reads them.
    pub url: String,
    /// How long to look for a server when the store is opened.
    pub connect_timeout: Duration,
    /// How long to look for one afterwards: while the database is down, each request waits as long.
    pub server_timeout: Duration,
    /// Connections kept for a sudden rush, and the most at a time.
    pub min_connections: u32,
    pub max_connections: u32,
    /// How long one read may take.
    pub read_timeout: Duration,
    /// How long one plan may take, tries again included.
    pub write_timeout: Duration,
    /// Bytes of one answer, those waiting to be put together included.
    pub max_answer_bytes: usize,
    /// How soon writes by other processes show in `version`.
    pub renew_after: Duration,
}

impl Config {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connect_timeout: Duration::from_secs(5),
            server_timeout: Duration::from_millis(500),
            min_connections: 0,
            max_connections: 20,
            read_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(5),
            max_answer_bytes: 16 * 1024 * 1024,
            renew_after: STALE_AFTER,
        }
    }
}

/// The URL may hold a password.
impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Config").finish_non_exhaustive()
    }
}
