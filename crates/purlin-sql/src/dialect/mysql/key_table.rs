//! A bound JSON array as a table. Its columns are wide enough for whatever may be looked for: a value that does not fit
//! would be cut off, and then found. TiDB has no `JSON_TABLE`: there the elements are counted.

use super::{Flavour, MySql};
use crate::dialect::{KeyPart, KeyTable};

/// Where the values of the array come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From columns of these very types.
    Columns,
    Anywhere,
}

pub(super) fn of(dialect: MySql, array: &str, alias: &str, parts: &[KeyPart], origin: Origin) -> KeyTable {
    let mut columns = Vec::with_capacity(parts.len());
    let mut values = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let path = if parts.len() == 1 { "$".to_owned() } else { format!("$[{number}]") };
        let name = format!("{alias}.k{number}");
        let (kind, value) = column(dialect, part, &name, origin);
        columns.push(match dialect.flavour {
            Flavour::TiDb => format!("{} AS k{number}", element(dialect, array, &path, &kind)),
            Flavour::MySql | Flavour::MariaDb => format!("k{number} {kind} PATH '{path}'"),
        });
        values.push(value);
    }
    let columns = columns.join(", ");
    let from = match dialect.flavour {
        Flavour::TiDb => format!(
            "(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < JSON_LENGTH({array})) \
             SELECT {columns} FROM n WHERE JSON_LENGTH({array}) > 0) AS {alias}"
        ),
        Flavour::MySql | Flavour::MariaDb => {
            format!("JSON_TABLE({array}, '$[*]' COLUMNS ({columns})) AS {alias}")
        }
    };
    KeyTable { from, parts: values }
}

/// What is found at the path of the element `i`, as this type.
fn element(dialect: MySql, array: &str, path: &str, kind: &str) -> String {
    let path = path.trim_start_matches('$');
    let found = format!("JSON_EXTRACT({array}, CONCAT('$[', i, ']{path}'))");
    let text = format!("JSON_UNQUOTE({found}) COLLATE {}", dialect.collation());
    let value = match kind {
        "bigint" => format!("CAST({text} AS SIGNED)"),
        "double" => format!("({text} + 0e0)"),
        _ if kind.starts_with("decimal") => format!("CAST({text} AS {kind})"),
        _ => text.clone(),
    };
    format!(
        "CASE JSON_TYPE({found}) WHEN 'NULL' THEN NULL WHEN 'BOOLEAN' THEN {text} = 'true' ELSE {value} END"
    )
}

/// Its declared type, and how it compares with a column of the part's type.
fn column(dialect: MySql, part: &KeyPart, name: &str, origin: Origin) -> (String, String) {
    let declared = part.column_type.name.to_ascii_lowercase();
    let kind = declared.split([' ', '(']).next().unwrap_or_default();
    let text = |kind: &str| format!("{kind} CHARACTER SET utf8mb4 COLLATE {}", dialect.collation());
    if part.is_bytes {
        return (text("longtext"), format!("UNHEX({name})"));
    }
    match kind {
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "bit" | "year" | "bool"
        | "boolean" => {
            let kind = if declared.contains("unsigned") { "decimal(20,0)" } else { "bigint" };
            (kind.to_owned(), name.to_owned())
        }
        "decimal" | "numeric" => ("decimal(65,30)".to_owned(), name.to_owned()),
        "double" | "float" | "real" => ("double".to_owned(), name.to_owned()),
        // The letters of ISO 8601 are not understood.
        "datetime" | "timestamp" | "date" => (
            "varchar(30)".to_owned(),
            format!("CAST(REPLACE(REPLACE({name}, 'T', ' '), 'Z', '') AS DATETIME(3))"),
        ),
        "json" if dialect.flavour != Flavour::MariaDb => (text("longtext"), format!("CAST({name} AS JSON)")),
        // Shorter texts are kept in memory.
        "varchar" if origin == Origin::Columns => {
            let end = declared.find(')').map_or(declared.len(), |end| end + 1);
            (text(declared.get(..end).unwrap_or("longtext")), name.to_owned())
        }
        _ => (text("longtext"), name.to_owned()),
    }
}
