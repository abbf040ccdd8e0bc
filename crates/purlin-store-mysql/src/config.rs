//! What can be set.

use std::time::Duration;

use crate::address::Address;

#[derive(Clone, Debug)]
pub struct Config {
    pub address: Address,
    /// Connections at most; each serves one request at a time.
    pub connections: usize,
    /// Requests that wait for a connection; more are refused.
    pub waiting: usize,
    /// A statement that takes longer is stopped.
    pub statement_timeout: Duration,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a request waits for a connection.
    pub wait_timeout: Duration,
    /// Shapes kept rendered.
    pub cached_statements: usize,
    /// Statements kept ready on each connection. A server keeps 16,382 for all of its clients, unless told otherwise.
    pub prepared_statements: usize,
    pub max_answer_bytes: usize,
}

impl Config {
    pub fn new(address: Address) -> Self {
        let connections = address.connection_limit.map_or(10, |limit| limit.max(1));
        let connect_timeout = address.connect_timeout.unwrap_or(Duration::from_secs(5));
        Self {
            address,
            connections,
            waiting: 1_000,
            statement_timeout: Duration::from_secs(5),
            connect_timeout,
            wait_timeout: Duration::from_secs(5),
            cached_statements: 1_000,
            prepared_statements: 200,
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}
