//! Every limit of the server, with defaults that suit a small machine on the open internet.

use std::time::Duration;

/// Of one request; a reload may change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimits {
    /// Largest body that is read.
    pub body_bytes: usize,
    /// How long a client may take to send its body.
    pub body_timeout: Duration,
    /// How long a request may take from its head to its answer.
    pub request_timeout: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            body_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(30),
        }
    }
}

/// Of connections; fixed at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open at once; more wait in the system's backlog.
    pub connections: usize,
    /// Of these, from one address (of IPv6 its /64) that is not the machine itself; more are closed at once.
    pub connections_of_one: usize,
    /// Largest head of a request: its line and its headers.
    pub header_bytes: usize,
    /// Requests that one HTTP/2 connection may have open at once.
    pub streams: u32,
    /// How long a client may take to send a head (it is cut off within one and a half times this).
    pub header_timeout: Duration,
    /// How long a connection may stay open without a request. Where three quarters of them are taken, no
    /// longer than a head may take.
    pub idle_timeout: Duration,
    /// How long a client may leave an answer unread.
    pub write_timeout: Duration,
    /// How long running requests may go on after the stop signal.
    pub drain_timeout: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_of_one: 2_500,
            header_bytes: 32 << 10,
            streams: 100,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
        }
    }
}
