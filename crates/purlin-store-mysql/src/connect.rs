//! Making a connection, and the settings that every one has.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder};
use purlin_sql::dialect::{Flavour, MySql};

use crate::address::Address;
use crate::config::Config;
use crate::error::Error;
use crate::tls::{is_of_tls, open};

pub(crate) async fn connect(config: &Config) -> Result<(Conn, Flavour), Error> {
    let address = &config.address;
    if address.database.is_empty() {
        return Err(Error::NoDatabase { address: address.clone() });
    }
    let making = tokio::time::timeout(config.connect_timeout, open(options(config), address));
    let mut connection = match making.await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return Err(explained(address, &error)),
        Err(_) => {
            let detail = format!("no answer within {} s", config.connect_timeout.as_secs_f32());
            return Err(Error::Unreachable { address: address.clone(), detail });
        }
    };
    let flavour = settle(&mut connection, config).await?;
    Ok((connection, flavour))
}

fn options(config: &Config) -> OptsBuilder {
    let address = &config.address;
    OptsBuilder::default()
        .ip_or_hostname(&address.host)
        .tcp_port(address.port)
        .socket(address.socket.as_ref())
        .prefer_socket(false)
        .user(Some(&address.user))
        .pass(address.password.as_ref())
        .db_name(Some(&address.database))
        .tcp_keepalive(Some(Duration::from_secs(30)))
        .stmt_cache_size(config.prepared_statements)
        // An update counts the rows that it found, changed or not.
        .client_found_rows(true)
}

async fn settle(connection: &mut Conn, config: &Config) -> Result<Flavour, Error> {
    let address = &config.address;
    let refused =
        |error: &mysql_async::Error| Error::Refused { address: address.clone(), detail: described(error) };
    let version = connection.query_first::<String, _>("SELECT VERSION()").await;
    let version = version.map_err(|error| refused(&error))?.unwrap_or_default();
    let flavour = Flavour::of_version(&version);
    if is_too_old(flavour, &version) {
        return Err(Error::TooOld { address: address.clone(), found: named(flavour, &version) });
    }
    let settings = settings(flavour, config.statement_timeout);
    connection.query_drop(settings).await.map_err(|error| refused(&error))?;
    Ok(flavour)
}

/// Times are UTC; what does not fit is an error; texts compare by bytes; nothing waits for ever. A statement by itself
/// needs no lock to read, whatever the isolation level.
fn settings(flavour: Flavour, limit: Duration) -> String {
    let collation = MySql { flavour }.collation();
    let limit_of_time = match flavour {
        Flavour::MariaDb => format!("max_statement_time = {}", limit.as_secs_f64()),
        Flavour::MySql | Flavour::TiDb => format!("max_execution_time = {}", limit.as_millis()),
    };
    // TiDB has no stricter level: there, rules that reach other rows can be overtaken.
    let isolation = match flavour {
        Flavour::MySql | Flavour::MariaDb => "SERIALIZABLE",
        Flavour::TiDb => "REPEATABLE READ",
    };
    // Texts that begin alike for longer than `max_sort_length` bytes are sorted as equal; far more than this costs time,
    // and in the end fails. TiDB knows no such limit, and counts its arrays through.
    let more = if flavour == Flavour::TiDb {
        ", cte_max_recursion_depth = 10000000"
    } else {
        ", max_sort_length = 8192"
    };
    format!(
        "SET NAMES utf8mb4 COLLATE {collation}; \
         SET SESSION TRANSACTION ISOLATION LEVEL {isolation}; \
         SET SESSION autocommit = 1, time_zone = '+00:00', innodb_lock_wait_timeout = {}, {limit_of_time}, \
         sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'{more}",
        limit.as_secs().max(1),
    )
}

/// The oldest that have all that statements use.
fn is_too_old(flavour: Flavour, version: &str) -> bool {
    let (text, oldest) = match flavour {
        Flavour::MySql => (version, [8, 0, 19]),
        // Behind what it says for the sake of old replicas.
        Flavour::MariaDb => (version.strip_prefix("5.5.5-").unwrap_or(version), [10, 6, 0]),
        Flavour::TiDb => (version.split_once("TiDB-v").map_or("", |(_, own)| own), [7, 5, 0]),
    };
    let digits = text.split(|sign: char| !sign.is_ascii_digit()).take(3);
    let found: Vec<u32> = digits.filter_map(|part| part.parse().ok()).collect();
    found.as_slice() < oldest.as_slice()
}

fn named(flavour: Flavour, version: &str) -> String {
    let name = match flavour {
        Flavour::MySql => "MySQL",
        Flavour::MariaDb => "MariaDB",
        Flavour::TiDb => "TiDB",
    };
    format!("{name} {version}")
}

fn explained(address: &Address, error: &mysql_async::Error) -> Error {
    let (address, detail) = (address.clone(), described(error));
    match error {
        _ if is_of_tls(error) => Error::Tls { address, detail },
        mysql_async::Error::Server(server) => match server.code {
            // Wrong password, no access to this database, no such way to sign in.
            1044 | 1045 | 1698 | 1251 | 3118 | 4151 => Error::Credentials { address, detail },
            1049 => Error::MissingDatabase { address },
            // Too many connections, or it stops.
            1040 | 1053 | 1203 => Error::Unreachable { address, detail },
            _ => Error::Refused { address, detail },
        },
        mysql_async::Error::Io(_) => Error::Unreachable { address, detail },
        _ => Error::Refused { address, detail },
    }
}

/// The server's words, or those of every cause.
pub(crate) fn described(error: &mysql_async::Error) -> String {
    if let mysql_async::Error::Server(server) = error {
        return format!("{} ({})", server.message, server.code);
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: &str, expected: Flavour, too_old: bool) {
        let flavour = Flavour::of_version(version);
        assert_eq!((flavour, is_too_old(flavour, version)), (expected, too_old), "{version}");
    }

    #[test]
    fn versions() {
        check("8.0.36", Flavour::MySql, false);
        check("8.4.0-log", Flavour::MySql, false);
        check("8.0.18", Flavour::MySql, true);
        check("5.7.44", Flavour::MySql, true);
        check("10.11.19-MariaDB-0+deb12u1", Flavour::MariaDb, false);
        check("5.5.5-10.6.7-MariaDB", Flavour::MariaDb, false);
        check("10.5.23-MariaDB-log", Flavour::MariaDb, true);
        check("11.4.2-MariaDB", Flavour::MariaDb, false);
        check("8.0.11-TiDB-v8.1.0", Flavour::TiDb, false);
        check("5.7.25-TiDB-v6.5.0", Flavour::TiDb, true);
        check("", Flavour::MySql, true);
    }
}
