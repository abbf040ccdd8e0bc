//! What can be set.

use std::time::Duration;

use crate::address::Address;

#[derive(Clone, Debug)]
pub struct Config {
    pub address: Address,
    /// Connections that requests share for reads of one statement.
    pub shared_connections: usize,
    /// Connections for writes and transactions, at most.
    pub transactions: usize,
    /// Writes and reads that wait for such a connection; more are refused.
    pub waiting: usize,
    /// A statement that takes longer is stopped.
    pub statement_timeout: Duration,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a request waits for a connection.
    pub wait_timeout: Duration,
    /// Statements kept ready on each connection, and shapes kept rendered.
    pub cached_statements: usize,
    pub max_answer_bytes: usize,
}

impl Config {
    pub fn new(address: Address) -> Self {
        let transactions = address.connection_limit.map_or(8, |limit| limit.saturating_sub(2).max(1));
        let connect_timeout = address.connect_timeout.unwrap_or(Duration::from_secs(5));
        Self {
            address,
            shared_connections: 2,
            transactions,
            waiting: 1_000,
            statement_timeout: Duration::from_secs(5),
            connect_timeout,
            wait_timeout: Duration::from_secs(5),
            cached_statements: 1_000,
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}
