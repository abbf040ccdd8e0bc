//! What the server said no with. Names of tables, columns and indexes stand only in its messages.

use mysql_async::{DriverError, ServerError};
use purlin_core::error::Error;
use purlin_sql::server::Refusal;

use crate::connect::described;

/// `text` is the statement.
pub(crate) fn refusal(error: &mysql_async::Error, text: &str) -> Refusal {
    match error {
        mysql_async::Error::Server(server) => of_server(server, text),
        mysql_async::Error::Driver(DriverError::PacketTooLarge) => too_large(),
        _ => Refusal::Unavailable(described(error)),
    }
}

fn too_large() -> Refusal {
    Refusal::Core(Error::TooLarge("a value is larger than the database takes".to_owned()))
}

fn of_server(server: &ServerError, text: &str) -> Refusal {
    let message = server.message.as_str();
    match server.code {
        1062 | 1586 => unique(message, text),
        // Rows that refer to it: which ones, the schema tells.
        1217 | 1451 => Refusal::ForeignKey { table: String::new(), columns: Vec::new() },
        1216 | 1452 => dangling(message),
        // Rows that refer to it would follow to a key that others refer to: so that key is taken.
        1761 | 1762 => {
            Refusal::Unique { table: quoted(message, '\'').unwrap_or_default(), index: "PRIMARY".to_owned() }
        }
        1048 | 1364 => Refusal::NotNull { column: quoted(message, '\'').unwrap_or_default() },
        3819 => Refusal::Check { rule: quoted(message, '\'').unwrap_or_default() },
        4025 => Refusal::Check { rule: quoted(message, '`').unwrap_or_default() },
        1406 => Refusal::TooLong { column: quoted(message, '\'') },
        1264 | 1690 | 1441 => Refusal::OutOfRange,
        1365 => Refusal::DivisionByZero,
        1265 | 1292 | 1366 | 3140 | 3141 | 3988 => Refusal::Unfit(message.to_owned()),
        // Deadlock, a lock held for too long, a row or a table that changed meanwhile; TiDB's own.
        1213 | 1205 | 1020 | 1412 | 1615 | 8002 | 8022 | 8028 | 9007 => Refusal::Conflict,
        1317 | 1969 | 3024 => Refusal::TimedOut,
        1153 | 1301 => too_large(),
        // Disk, memory, and a server that may only be read.
        1021 | 1037 | 1038 | 1041 | 1114 | 1290 | 1792 | 1836 => {
            tracing::error!(message, "the database cannot be written");
            Refusal::Unavailable(message.to_owned())
        }
        // Connections, and a server that stops.
        1040
        | 1053
        | 1077
        | 1079
        | 1080
        | 1129
        | 1152
        | 1158..=1161
        | 1184
        | 1203
        | 1226
        | 1461
        | 1927
        | 2006
        | 2013
        | 3169
        | 4031 => Refusal::Unavailable(message.to_owned()),
        _ => Refusal::Other(format!("{message} ({})", server.code).into()),
    }
}

/// `Duplicate entry '…' for key 'table.index'`; MariaDB leaves the table out.
fn unique(message: &str, text: &str) -> Refusal {
    // The value comes first, and may hold anything.
    let key = message.rsplit_once(" for key '").map_or("", |(_, key)| key.trim_end_matches('\''));
    let written = written_table(text);
    let (table, index) = match key.strip_prefix(&written).and_then(|rest| rest.strip_prefix('.')) {
        Some(index) => (written, index),
        None => match key.split_once('.') {
            // An index's name may hold a point as well.
            Some((table, index)) if key.matches('.').count() == 1 && index == "PRIMARY" => {
                (table.to_owned(), index)
            }
            _ => (written, key),
        },
    };
    Refusal::Unique { table, index: index.to_owned() }
}

/// The table that a statement writes to is the first that it names.
fn written_table(text: &str) -> String {
    quoted(text, '`').unwrap_or_default()
}

/// ``… fails (`database`.`table`, CONSTRAINT `name` FOREIGN KEY (`a`, `b`) REFERENCES …``
fn dangling(message: &str) -> Refusal {
    let (before, after) = message.split_once(" FOREIGN KEY (").unwrap_or((message, ""));
    let table = before.split_once("`.`").and_then(|(_, rest)| rest.split_once('`')).map(|(table, _)| table);
    let columns = after.split_once(')').map_or("", |(columns, _)| columns);
    let columns = columns.split(", ").filter(|column| !column.is_empty());
    Refusal::ForeignKey {
        table: table.unwrap_or_default().to_owned(),
        columns: columns.map(|column| column.trim_matches('`').to_owned()).collect(),
    }
}

/// What stands between the first two of these quotes.
fn quoted(text: &str, quote: char) -> Option<String> {
    let (_, rest) = text.split_once(quote)?;
    rest.split_once(quote).map(|(name, _)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: u16, message: &str, expected: &str) {
        let server = ServerError { code, message: message.to_owned(), state: "HY000".to_owned() };
        let found = refusal(&mysql_async::Error::Server(server), "INSERT INTO `User` (`email`) VALUES (?)");
        assert_eq!(format!("{found:?}"), expected, "{message}");
    }

    #[test]
    fn names_are_taken_from_messages() {
        check(
            1062,
            "Duplicate entry 'it's for key 'x'' for key 'User_email_key'",
            "Unique { table: \"User\", index: \"User_email_key\" }",
        );
        check(
            1062,
            "Duplicate entry 'a' for key 'User.User_email_key'",
            "Unique { table: \"User\", index: \"User_email_key\" }",
        );
        check(
            1062,
            "Duplicate entry 'a' for key 'Other.PRIMARY'",
            "Unique { table: \"Other\", index: \"PRIMARY\" }",
        );
        check(
            1452,
            "Cannot add or update a child row: a foreign key constraint fails (`shop`.`Post`, CONSTRAINT `x` FOREIGN KEY (`a`, `b`) REFERENCES `User` (`id`, `c`) ON DELETE CASCADE)",
            "ForeignKey { table: \"Post\", columns: [\"a\", \"b\"] }",
        );
        check(
            1761,
            "Foreign key constraint for table 'Thing', record '30' would lead to a duplicate entry in table 'Mark', key 'PRIMARY'",
            "Unique { table: \"Thing\", index: \"PRIMARY\" }",
        );
        check(1048, "Column 'email' cannot be null", "NotNull { column: \"email\" }");
        check(1364, "Field 'email' doesn't have a default value", "NotNull { column: \"email\" }");
        check(1406, "Data too long for column 'email' at row 1", "TooLong { column: Some(\"email\") }");
        check(4025, "CONSTRAINT `positive` failed for `shop`.`Post`", "Check { rule: \"positive\" }");
        check(3819, "Check constraint 'positive' is violated.", "Check { rule: \"positive\" }");
        check(1213, "Deadlock found when trying to get lock; try restarting transaction", "Conflict");
    }
}
