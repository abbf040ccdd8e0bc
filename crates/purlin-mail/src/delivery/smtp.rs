//! Delivery to a mail server. Connections are kept for the next letter; every step has a time limit.

use std::error::Error as _;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use purlin_core::store::BoxFuture;

use super::connection::{Connections, Tls};
use super::refusal::{Delivery, Refusal, RefusalKind};
use crate::address::Originator;
use crate::error::Error;
use crate::letter::Letter;
use crate::smtp_url::{Encryption, SmtpUrl};

const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// What a server answers that does not let us in: our fault, not the letter's.
const LOGIN_CODES: &[u16] = &[530, 534, 535, 538];

pub struct Smtp {
    connections: Connections,
}

impl Smtp {
    /// `certificates`: PEM, to trust beside the usual authorities.
    pub fn new(url: &SmtpUrl, from: &Originator, certificates: Option<&[u8]>) -> Result<Self, Error> {
        let tls = match url.encryption {
            Encryption::None => Tls::None,
            Encryption::StartTls => Tls::Required(parameters(url, certificates)?),
            Encryption::Implicit => Tls::FromTheStart(parameters(url, certificates)?),
        };
        let credentials =
            url.login.as_ref().map(|(user, password)| Credentials::new(user.clone(), password.clone()));
        let connections = Connections {
            host: url.host.clone(),
            port: url.port,
            tls,
            hello: ClientId::Domain(from.domain().to_owned()),
            credentials,
            idle: Mutex::default(),
        };
        Ok(Self { connections })
    }

    /// Whether the server is there and lets us in.
    pub async fn check(&self) -> Result<(), Refusal> {
        match tokio::time::timeout(CHECK_TIMEOUT, self.connections.take()).await {
            Ok(Ok(connection)) => {
                self.connections.give_back(connection);
                Ok(())
            }
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(Refusal::new(RefusalKind::Server, "the server took too long")),
        }
    }

    async fn send(&self, letter: &Letter) -> Result<(), lettre::transport::smtp::Error> {
        let mut connection = self.connections.take().await?;
        connection.send(letter.message.envelope(), &letter.message.formatted()).await?;
        self.connections.give_back(connection);
        Ok(())
    }
}

fn parameters(url: &SmtpUrl, certificates: Option<&[u8]>) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(url.host.clone());
    if let Some(pem) = certificates {
        let certificate =
            Certificate::from_pem(pem).map_err(|error| Error::Certificates(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| Error::Encryption(error.to_string()))
}

impl Delivery for Smtp {
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move { self.send(letter).await.map_err(|error| refusal(&error)) })
    }
}

fn refusal(error: &lettre::transport::smtp::Error) -> Refusal {
    let code = error.status().map(u16::from);
    let kind = if code.is_some_and(|code| LOGIN_CODES.contains(&code)) {
        RefusalKind::Server
    } else if error.is_permanent() {
        RefusalKind::Letter
    } else if error.is_transient() {
        RefusalKind::LetterForNow
    } else {
        RefusalKind::Server
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text.push_str(": ");
            text.push_str(&next_text);
        }
        cause = next.source();
    }
    Refusal::new(kind, &text)
}

impl fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Smtp({}:{})", self.connections.host, self.connections.port)
    }
}
