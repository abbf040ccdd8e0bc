//! Making a connection, and the settings that every one has.

use std::error::Error as _;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::address::{Address, TlsMode};
use crate::config::Config;
use crate::error::Error;
use crate::gathered::Gathered;
use crate::tls;

/// The oldest server that has all that statements use.
const OLDEST: u32 = 130_000;

/// With what ends its work, and so all that waits for it.
pub(crate) async fn connect(config: &Config) -> Result<(Client, AbortHandle), Error> {
    if let Ok(made) = tokio::time::timeout(config.connect_timeout, make(config)).await {
        return made;
    }
    let detail = format!("no answer within {} s", config.connect_timeout.as_secs_f32());
    Err(Error::Unreachable { address: config.address.clone(), detail })
}

async fn make(config: &Config) -> Result<(Client, AbortHandle), Error> {
    let address = &config.address;
    let tls = tls::connector(address).map_err(|detail| Error::Tls { address: address.clone(), detail })?;
    let mut attempt = driver_config(address, config.connect_timeout);
    let made = match attempt.connect(tls.clone()).await {
        Err(error) if address.tls == TlsMode::Allow && insists_on_tls(&error) => {
            match attempt.ssl_mode(SslMode::Require).connect(tls).await {
                // It has no encryption, so that was not what it minds.
                Err(second) if second.as_db_error().is_none() => Err(error),
                made => made,
            }
        }
        made => made,
    };
    let (client, connection) = made.map_err(|error| explained(address, &error))?;
    let mut unsettled = Unsettled(Some(tokio::spawn(Gathered::new(connection)).abort_handle()));
    settle(&client, config).await?;
    let closed =
        || Error::Unreachable { address: address.clone(), detail: "the connection ended".to_owned() };
    Ok((client, unsettled.0.take().ok_or_else(closed)?))
}

/// The work of a connection that is given up where nobody waits for it any more.
struct Unsettled(Option<AbortHandle>);

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            work.abort();
        }
    }
}

fn driver_config(address: &Address, timeout: Duration) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config
        .port(address.port)
        .user(&address.user)
        .dbname(&address.database)
        .connect_timeout(timeout)
        .application_name(address.application_name.as_deref().unwrap_or("purlin"))
        .keepalives_idle(Duration::from_secs(30))
        .ssl_mode(match address.tls {
            TlsMode::Disable | TlsMode::Allow => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyAuthority | TlsMode::Verify => SslMode::Require,
        });
    if address.host.starts_with('/') {
        config.host_path(&address.host);
    } else {
        config.host(&address.host);
    }
    if let Some(password) = &address.password {
        config.password(password);
    }
    if let Some(options) = &address.options {
        config.options(options);
    }
    config
}

/// Times are UTC; nothing waits for ever. Statements are short: compiling them takes far longer than running them.
async fn settle(client: &Client, config: &Config) -> Result<(), Error> {
    let address = &config.address;
    let limit = config.statement_timeout.as_millis();
    let mut settings = format!(
        "SET TIME ZONE 'UTC'; SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
         SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning; SET jit = off; \
         SET extra_float_digits = 1; SHOW server_version_num"
    );
    if let Some(schema) = &address.schema {
        settings = format!("SET search_path = \"{}\"; {settings}", schema.replace('"', "\"\""));
    }
    let refused = |detail: String| Error::Refused { address: address.clone(), detail };
    let messages = client.simple_query(&settings).await.map_err(|error| refused(described(&error)))?;
    let version = messages.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    let version = version.unwrap_or_default();
    match version.parse::<u32>() {
        Ok(number) if number < OLDEST => {
            Err(Error::TooOld { address: address.clone(), found: format!("{}", number / 10_000) })
        }
        _ => Ok(()),
    }
}

/// Its rules have no place for a connection like this one.
fn insists_on_tls(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

fn explained(address: &Address, error: &tokio_postgres::Error) -> Error {
    let (address, detail) = (address.clone(), described(error));
    let Some(server) = error.as_db_error() else {
        return if detail.contains("TLS") || detail.contains("certificate") {
            Error::Tls { address, detail }
        } else {
            Error::Unreachable { address, detail }
        };
    };
    match *server.code() {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            Error::Credentials { address, detail }
        }
        SqlState::INVALID_CATALOG_NAME => Error::MissingDatabase { address },
        SqlState::CANNOT_CONNECT_NOW | SqlState::TOO_MANY_CONNECTIONS => {
            Error::Unreachable { address, detail }
        }
        _ => Error::Refused { address, detail },
    }
}

/// The server's words, or those of every cause.
pub(crate) fn described(error: &tokio_postgres::Error) -> String {
    if let Some(server) = error.as_db_error() {
        return server.message().to_owned();
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
