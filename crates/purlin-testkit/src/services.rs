//! The database servers that tests run against: private ones, started by `cargo xtask`, named by the environment.
//! A server that is not there fails its test: a skipped one would look like a passed one.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// An administrator's URL of PostgreSQL, with its default database.
#[track_caller]
pub fn postgres() -> String {
    of_environment("PURLIN_TEST_POSTGRES")
}

/// An administrator's URL of MySQL or MariaDB, without a database.
#[track_caller]
pub fn mysql() -> String {
    of_environment("PURLIN_TEST_MYSQL")
}

/// A URL of a server that speaks MongoDB's protocol and has transactions, without a database.
#[track_caller]
pub fn mongodb() -> String {
    of_environment("PURLIN_TEST_MONGODB")
}

/// A URL of Redis, with its first database.
#[track_caller]
pub fn redis() -> String {
    of_environment("PURLIN_TEST_REDIS")
}

/// A name for a database that no other test has, of this run or of another on the same server: at most
/// 63 characters of `a-z0-9_`, whatever the prefix.
pub fn unique_name(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let prefix: String = prefix.chars().take(24).map(to_name_character).collect();
    format!("{prefix}_{:x}_{}_{number}", since.as_micros(), std::process::id())
}

/// The same server and user, another database.
pub fn with_database(url: &str, database: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let host_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address.get(host_at..).and_then(|rest| rest.find('/')).map(|at| host_at + at);
    let server = path_at.and_then(|at| address.get(..at)).unwrap_or(address);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{server}/{database}{query}")
}

#[track_caller]
fn of_environment(variable: &str) -> String {
    match std::env::var(variable) {
        Ok(url) if !url.is_empty() => url,
        _ => panic!("{}", missing(variable)),
    }
}

fn missing(variable: &str) -> String {
    format!(
        "this test needs a database server, and {variable} names none: run `cargo xtask test`, which starts \
         private servers, or for a test runner of your own `eval \"$(cargo xtask services)\"` first"
    )
}

fn to_name_character(character: char) -> char {
    let lower = character.to_ascii_lowercase();
    if lower.is_ascii_alphanumeric() { lower } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_fit_every_engine() {
        let long = "A prefix-that is Much too long for the name of a database";
        let names = [unique_name("a"), unique_name("a"), unique_name(long)];
        assert_ne!(names[0], names[1]);
        for name in names {
            assert!(name.len() <= 63, "{name}");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            );
        }
    }

    #[test]
    fn a_url_of_another_database() {
        let rows = [
            ("postgres://u:p@127.0.0.1:5/postgres", "postgres://u:p@127.0.0.1:5/x"),
            ("mysql://u:p@127.0.0.1:5", "mysql://u:p@127.0.0.1:5/x"),
            ("mongodb://127.0.0.1:5/", "mongodb://127.0.0.1:5/x"),
            ("mongodb://127.0.0.1:5/?directConnection=true", "mongodb://127.0.0.1:5/x?directConnection=true"),
            ("mysql://h/a?path=/b", "mysql://h/x?path=/b"),
        ];
        for (url, expected) in rows {
            assert_eq!(with_database(url, "x"), expected);
        }
    }

    #[test]
    fn a_missing_server_says_what_to_run() {
        let message = missing("PURLIN_TEST_MYSQL");
        assert!(
            message.contains("PURLIN_TEST_MYSQL") && message.contains("cargo xtask services"),
            "{message}"
        );
    }
}
