//! A connection of its own for migrations: it blocks, and speaks text. It lives on its own thread, so that it can be
//! used from anywhere.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder, Params, Value};
use tokio::runtime::{Builder, Runtime};

use crate::address::Address;
use crate::tls;

/// What a statement gave back: every value as the server prints it.
pub type MigrationRows = Vec<Vec<Option<String>>>;

/// Whoever has not answered by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Times are read and written as UTC; what does not fit is an error; a change does not wait for ever behind a long
/// transaction, which would make everybody else wait behind it.
const SETTINGS: &str = "SET time_zone = '+00:00', lock_wait_timeout = 60, innodb_lock_wait_timeout = 60, \
                        sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO'";

#[derive(Debug)]
pub struct MigrationConnection {
    requests: SyncSender<Request>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MigrationError {
    pub kind: MigrationErrorKind,
    /// The server's own words, with its number.
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
    /// A transaction that only reads met a table that had changed meanwhile.
    Changed,
    /// What the statement makes is there already, or what it takes away is gone.
    AlreadyDone,
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

pub fn open_for_migration(address: &Address) -> Result<MigrationConnection, MigrationError> {
    let (requests, received) = sync_channel(0);
    let (opened, is_open) = sync_channel(1);
    let timeout = address.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
    let address = address.clone();
    let work = move || match open(&address, timeout) {
        Ok((runtime, mut connection)) => {
            if opened.send(Ok(())).is_ok() {
                serve(&runtime, &mut connection, &received);
            }
            let _ = runtime.block_on(connection.disconnect());
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

/// Makes the database itself.
pub fn create_database(address: &Address) -> Result<(), MigrationError> {
    let mut connection = open_for_migration(&address.with_database(""))?;
    let name = address.database.replace('`', "``");
    connection.query(&format!("CREATE DATABASE `{name}` CHARACTER SET utf8mb4"), &[]).map(|_| ())
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

fn options(address: &Address) -> OptsBuilder {
    OptsBuilder::default()
        .ip_or_hostname(&address.host)
        .tcp_port(address.port)
        .user(Some(&address.user))
        .pass(address.password.as_ref())
        .db_name(Some(&address.database).filter(|name| !name.is_empty()))
        .socket(address.socket.as_ref())
        .prefer_socket(false)
        .init(vec![SETTINGS, "SET NAMES utf8mb4"])
}

fn open(address: &Address, timeout: Duration) -> Result<(Runtime, Conn), MigrationError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| other(format!("cannot start a runtime: {error}")))?;
    let connection = runtime.block_on(async {
        let opening = tokio::time::timeout(timeout, tls::open(options(address), address));
        opening.await.map_err(|_| other("the server does not answer"))?.map_err(|error| described(&error))
    })?;
    Ok((runtime, connection))
}

/// Until nobody can ask any more.
fn serve(runtime: &Runtime, connection: &mut Conn, requests: &Receiver<Request>) {
    while let Ok(request) = requests.recv() {
        let rows = runtime.block_on(run(connection, &request.sql, &request.parameters));
        let _ = request.answer.send(rows.map_err(|error| described(&error)));
    }
}

async fn run(
    connection: &mut Conn,
    sql: &str,
    parameters: &[String],
) -> Result<MigrationRows, mysql_async::Error> {
    let rows: Vec<mysql_async::Row> = if parameters.is_empty() {
        connection.query(sql).await?
    } else {
        let values = parameters.iter().map(|text| Value::from(text.as_str())).collect();
        connection.exec(sql, Params::Positional(values)).await?
    };
    Ok(rows.into_iter().map(printed).collect())
}

fn printed(row: mysql_async::Row) -> Vec<Option<String>> {
    let columns = row.columns();
    let values = row.unwrap();
    values.into_iter().zip(columns.iter()).map(|(value, column)| print(value, column.column_type())).collect()
}

fn print(value: Value, _column: ColumnType) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Double(number) => Some(number.to_string()),
        value @ (Value::Date(..) | Value::Time(..)) => Some(value.as_sql(true).trim_matches('\'').to_owned()),
    }
}

fn described(error: &mysql_async::Error) -> MigrationError {
    let mysql_async::Error::Server(server) = error else { return other(error.to_string()) };
    let kind = match server.code {
        1049 => MigrationErrorKind::MissingDatabase,
        1205 | 1213 => MigrationErrorKind::Busy,
        1412 => MigrationErrorKind::Changed,
        1021 | 1114 => MigrationErrorKind::Storage,
        1142 | 1143 | 1227 | 1370 => MigrationErrorKind::Forbidden,
        1290 | 1792 | 1836 => MigrationErrorKind::ReadOnly,
        // Table, column, key, foreign key or constraint is there; table, column or key is gone.
        1022 | 1050 | 1051 | 1054 | 1060 | 1061 | 1068 | 1091 | 1146 | 1176 | 1826 | 1828 | 3940 => {
            MigrationErrorKind::AlreadyDone
        }
        // MariaDB, of a foreign key that is there.
        1005 if server.message.contains("errno: 121") => MigrationErrorKind::AlreadyDone,
        _ => MigrationErrorKind::Other,
    };
    MigrationError { kind, message: format!("{} (error {})", server.message, server.code) }
}

fn other(message: impl Into<String>) -> MigrationError {
    MigrationError { kind: MigrationErrorKind::Other, message: message.into() }
}
