//! A connection of its own for migrations: it blocks, and speaks text. It lives on its own thread, so that it can be
//! used from anywhere.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, SimpleQueryMessage};

use crate::address::{Address, TlsMode};
use crate::tls;

/// What a statement gave back: every value as the server prints it.
pub type MigrationRows = Vec<Vec<Option<String>>>;

/// Whoever has not answered by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct MigrationConnection {
    requests: SyncSender<Request>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MigrationError {
    pub kind: MigrationErrorKind,
    /// The server's own words, with its detail and hint.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationErrorKind {
    /// The server has no database of this name.
    MissingDatabase,
    /// Something else holds a lock for too long.
    Busy,
    /// The disk is full.
    Storage,
    /// The user may not do this.
    Forbidden,
    /// The server, or this user's transactions, may not write.
    ReadOnly,
    Other,
}

#[derive(Debug)]
struct Request {
    sql: String,
    parameters: Vec<String>,
    answer: SyncSender<Result<MigrationRows, MigrationError>>,
}

/// Makes the schema of `?schema=…` where it is missing; the caller is about to change the database.
pub fn open_for_migration(address: &Address) -> Result<MigrationConnection, MigrationError> {
    let mut connection = open_to_look(address)?;
    if let Some(schema) = &address.schema {
        connection.query(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)), &[])?;
    }
    Ok(connection)
}

/// Changes nothing.
pub fn open_to_look(address: &Address) -> Result<MigrationConnection, MigrationError> {
    let (requests, received) = sync_channel(0);
    let (opened, is_open) = sync_channel(1);
    let config = config(address);
    let tls = tls::connector(address).map_err(other)?;
    let search_path = address.schema.as_deref().map(quoted);
    let work = move || match open(&config, tls, search_path.as_deref()) {
        Ok((runtime, client)) => {
            if opened.send(Ok(())).is_ok() {
                serve(&runtime, &client, &received);
            }
        }
        Err(error) => {
            let _ = opened.send(Err(error));
        }
    };
    std::thread::Builder::new()
        .name("purlin-migration".to_owned())
        .spawn(work)
        .map_err(|error| other(format!("cannot start a thread: {error}")))?;
    is_open.recv().unwrap_or_else(|_| Err(other("the connection's thread ended")))?;
    Ok(MigrationConnection { requests })
}

/// Makes the database itself, from the one that every server has.
pub fn create_database(address: &Address) -> Result<(), MigrationError> {
    let maintenance = Address { schema: None, ..address.with_database("postgres") };
    let mut connection = open_to_look(&maintenance)?;
    connection.query(&format!("CREATE DATABASE {}", quoted(&address.database)), &[]).map(|_| ())
}

impl MigrationConnection {
    /// One statement; its parameters are texts.
    pub fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<MigrationRows, MigrationError> {
        let (answer, answered) = sync_channel(1);
        let parameters = parameters.iter().map(|text| (*text).to_owned()).collect();
        let request = Request { sql: sql.to_owned(), parameters, answer };
        let gone = || other("the connection's thread ended");
        self.requests.send(request).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

fn config(address: &Address) -> Config {
    let mut config = Config::new();
    config
        .port(address.port)
        .user(&address.user)
        .dbname(&address.database)
        .connect_timeout(address.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
        .application_name(address.application_name.as_deref().unwrap_or("purlin migrate"))
        .ssl_mode(match address.tls {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Allow | TlsMode::Prefer => SslMode::Prefer,
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

fn open(
    config: &Config,
    tls: tokio_postgres_rustls::MakeRustlsConnect,
    search_path: Option<&str>,
) -> Result<(Runtime, Client), MigrationError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| other(format!("cannot start a runtime: {error}")))?;
    let client = runtime.block_on(async {
        let (client, connection) = config.connect(tls).await.map_err(|error| described(&error))?;
        drop(tokio::spawn(connection));
        // Times are read and written as UTC; a change does not wait for ever behind a long transaction, which
        // would make everybody else wait behind it.
        let mut settings = "SET TIME ZONE 'UTC'; SET lock_timeout = '60s'; SET statement_timeout = 0; \
                            SET client_min_messages = warning; SET standard_conforming_strings = on"
            .to_owned();
        if let Some(path) = search_path {
            settings.push_str("; SET search_path = ");
            settings.push_str(path);
        }
        client.batch_execute(&settings).await.map_err(|error| described(&error))?;
        Ok(client)
    })?;
    Ok((runtime, client))
}

/// Until nobody can ask any more.
fn serve(runtime: &Runtime, client: &Client, requests: &Receiver<Request>) {
    while let Ok(request) = requests.recv() {
        let rows = runtime.block_on(run(client, &request.sql, &request.parameters));
        let _ = request.answer.send(rows);
    }
}

async fn run(client: &Client, sql: &str, parameters: &[String]) -> Result<MigrationRows, MigrationError> {
    if parameters.is_empty() {
        let messages = client.simple_query(sql).await.map_err(|error| described(&error))?;
        let row = |message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
            }
            _ => None,
        };
        return Ok(messages.into_iter().filter_map(row).collect());
    }
    let types = vec![Type::TEXT; parameters.len()];
    let statement = client.prepare_typed(sql, &types).await.map_err(|error| described(&error))?;
    let values: Vec<&(dyn ToSql + Sync)> =
        parameters.iter().map(|text| text as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &values).await.map_err(|error| described(&error))?;
    rows.iter().map(printed).collect()
}

/// Statements with parameters give back texts and whole numbers.
fn printed(row: &tokio_postgres::Row) -> Result<Vec<Option<String>>, MigrationError> {
    let value = |(index, column): (usize, &tokio_postgres::Column)| {
        let read = match *column.type_() {
            Type::INT4 => row.try_get::<_, Option<i32>>(index).map(|value| value.map(|it| it.to_string())),
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|value| value.map(|it| it.to_string())),
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|value| value.map(|it| it.to_string())),
            _ => row.try_get::<_, Option<String>>(index),
        };
        read.map_err(|error| described(&error))
    };
    row.columns().iter().enumerate().map(value).collect()
}

fn described(error: &tokio_postgres::Error) -> MigrationError {
    let Some(server) = error.as_db_error() else {
        let mut message = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        return other(message);
    };
    let mut message = server.message().to_owned();
    for more in [server.detail(), server.hint()].into_iter().flatten() {
        message.push_str(". ");
        message.push_str(more);
    }
    let kind = match *server.code() {
        SqlState::INVALID_CATALOG_NAME => MigrationErrorKind::MissingDatabase,
        SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => MigrationErrorKind::Busy,
        SqlState::DISK_FULL => MigrationErrorKind::Storage,
        // A schema that the user may not use is none to it.
        SqlState::INSUFFICIENT_PRIVILEGE | SqlState::INVALID_SCHEMA_NAME => MigrationErrorKind::Forbidden,
        SqlState::READ_ONLY_SQL_TRANSACTION => MigrationErrorKind::ReadOnly,
        _ => MigrationErrorKind::Other,
    };
    MigrationError { kind, message }
}

fn other(message: impl Into<String>) -> MigrationError {
    MigrationError { kind: MigrationErrorKind::Other, message: message.into() }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
