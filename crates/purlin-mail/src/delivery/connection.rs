//! Connections to a mail server, kept for a moment after a letter. The library's own pool is not used:
//! it needs a runtime to be dropped, and panics where there is none.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Servers hang up after minutes; ours waits less, so that it is rarely the server who does.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// An idle connection that does not answer quickly is replaced.
const NOOP_TIMEOUT: Duration = Duration::from_secs(2);
const MOST_IDLE: usize = 4;

pub(super) enum Tls {
    None,
    Required(TlsParameters),
    FromTheStart(TlsParameters),
}

pub(super) struct Connections {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) hello: ClientId,
    pub(super) credentials: Option<Credentials>,
    pub(super) idle: Mutex<Vec<Idle>>,
}

pub(super) struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Connections {
    /// One that is there, else a new one, signed in.
    pub(super) async fn take(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut connection) = self.pop() {
            if matches!(timeout(NOOP_TIMEOUT, connection.test_connected()).await, Ok(true)) {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    /// For the next letter. One that has failed is not given back but dropped.
    pub(super) fn give_back(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE && !connection.has_broken() {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }

    fn pop(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < IDLE_TIMEOUT);
        idle.pop().map(|idle| idle.connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapper = match &self.tls {
            Tls::FromTheStart(parameters) => Some(parameters.clone()),
            Tls::None | Tls::Required(_) => None,
        };
        let server = (self.host.as_str(), self.port);
        let limit = Some(CONNECT_TIMEOUT);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, limit, &self.hello, wrapper, None).await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}
