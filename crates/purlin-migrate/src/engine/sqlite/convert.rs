//! Values that move into a column of another type. `is_exact` says for which rows nothing is
//! lost; the guard counts the others before anything happens.

use super::create::identifier;
use crate::engine::Conversion;
use crate::physical::Column;

/// The declared type without collation and arguments, known spellings only.
pub(super) fn base(column: &Column) -> &'static str {
    let word = column.column_type.split([' ', '(']).next().unwrap_or_default().to_ascii_uppercase();
    let known = [
        "TEXT",
        "BOOLEAN",
        "INTEGER",
        "BIGINT",
        "REAL",
        "DECIMALTEXT",
        "DECIMAL",
        "DATETIME",
        "JSONTEXT",
        "JSONB",
        "BLOB",
    ];
    known.into_iter().find(|name| *name == word).unwrap_or_default()
}

/// Reads the value under the new column's name: renames have happened by then.
pub(super) fn convert(from: &Column, to: &Column) -> Conversion {
    convert_named(&identifier(&to.name), from, to)
}

/// `name` is where the old value is read.
pub(super) fn convert_named(name: &str, from: &Column, to: &Column) -> Conversion {
    let x = name.to_owned();
    let sure = |value: String| Conversion::sure(value);
    let if_only = |value: String, is_exact: String| Conversion::if_only(value, is_exact);
    match (from.is_list, to.is_list) {
        // A state read from a database does not tell lists from other JSON.
        (false, true) if matches!(base(from), "JSONTEXT" | "JSONB") => return sure(x),
        (false, true) if base(from) == "BLOB" => {
            // JSON holds no bytes: their digits are what is left.
            let digits = format!("json_array(lower(hex({x})))");
            let value = format!("CASE WHEN {x} IS NULL THEN '[]' ELSE {digits} END");
            return if_only(value, "0".to_owned());
        }
        (false, true) => {
            let element = match base(from) {
                "BOOLEAN" => format!("json(iif({x}, 'true', 'false'))"),
                "BIGINT" => format!("CAST({x} AS TEXT)"),
                _ => x.clone(),
            };
            return sure(format!("CASE WHEN {x} IS NULL THEN '[]' ELSE json_array({element}) END"));
        }
        (true, false) if base(to) == "JSONTEXT" => return sure(x),
        (true, false) => {
            return if_only(format!("json_extract({x}, '$[0]')"), format!("json_array_length({x}) <= 1"));
        }
        _ => {}
    }
    let whole = format!("CAST({x} AS INTEGER)");
    let as_text = format!("CAST({x} AS TEXT)");
    let is_int = format!("CAST({whole} AS TEXT) = {x}");
    let plain = format!("rtrim(rtrim(printf('%.15f', {x}), '0'), '.')");
    match (base(from), base(to)) {
        (left, right) if left == right && !left.is_empty() => sure(x),
        ("INTEGER" | "BOOLEAN", "INTEGER" | "BIGINT") | ("DATETIME" | "DECIMALTEXT", "TEXT") => sure(x),
        ("BIGINT", "INTEGER") => if_only(x.clone(), format!("{x} BETWEEN -2147483648 AND 2147483647")),
        ("INTEGER" | "BIGINT", "REAL") => {
            if_only(format!("CAST({x} AS REAL)"), format!("abs({x}) <= 9007199254740992"))
        }
        ("INTEGER" | "BIGINT", "BOOLEAN") => if_only(format!("{x} <> 0"), format!("{x} IN (0, 1)")),
        ("INTEGER" | "BIGINT" | "REAL", "TEXT" | "JSONTEXT") | ("INTEGER" | "BIGINT", "DECIMALTEXT") => {
            sure(as_text)
        }
        ("REAL", "INTEGER" | "BIGINT") => if_only(whole.clone(), format!("{x} = {whole}")),
        ("REAL" | "DECIMAL", "DECIMALTEXT") => if_only(
            format!("CASE typeof({x}) WHEN 'null' THEN NULL WHEN 'integer' THEN {as_text} ELSE {plain} END"),
            format!("typeof({x}) = 'integer' OR CAST({plain} AS REAL) = {x}"),
        ),
        ("DECIMALTEXT", "INTEGER" | "BIGINT") => if_only(whole.clone(), is_int),
        ("DECIMALTEXT", "REAL") => if_only(format!("CAST({x} AS REAL)"), format!("length({x}) <= 15")),
        ("BOOLEAN", "TEXT" | "JSONTEXT") => {
            sure(format!("iif({x} IS NULL, NULL, iif({x}, 'true', 'false'))"))
        }
        ("TEXT", "INTEGER" | "BIGINT") => if_only(whole.clone(), is_int),
        ("TEXT", "REAL") => if_only(
            format!("CAST({x} AS REAL)"),
            format!("CAST(CAST({x} AS NUMERIC) AS TEXT) = {x} OR CAST(CAST({x} AS REAL) AS TEXT) = {x}"),
        ),
        ("TEXT", "DECIMALTEXT") => {
            if_only(x.clone(), format!("{x} GLOB '*[0-9]*' AND {x} NOT GLOB '*[^0-9.-]*'"))
        }
        ("TEXT", "BOOLEAN") => if_only(
            format!(
                "CASE lower({x}) WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END"
            ),
            format!("lower({x}) IN ('true', '1', 'false', '0')"),
        ),
        ("TEXT", "DATETIME") => {
            let time = format!("strftime('%Y-%m-%dT%H:%M:%fZ', {x})");
            if_only(time.clone(), format!("{time} IS NOT NULL"))
        }
        ("TEXT", "JSONTEXT") => {
            sure(format!("CASE WHEN {x} IS NULL OR json_valid({x}) THEN {x} ELSE json_quote({x}) END"))
        }
        ("TEXT", "BLOB") => sure(format!("CAST({x} AS BLOB)")),
        ("BLOB", "TEXT") => if_only(format!("iif({x} IS NULL, NULL, lower(hex({x})))"), "0".to_owned()),
        ("JSONTEXT" | "JSONB", "TEXT") => sure(format!(
            "CASE WHEN json_valid({x}) AND json_type({x}) = 'text' THEN json_extract({x}, '$') ELSE {x} END"
        )),
        ("JSONTEXT" | "JSONB", "INTEGER" | "BIGINT" | "REAL" | "DECIMALTEXT") => if_only(
            format!("json_extract({x}, '$')"),
            format!("json_valid({x}) AND json_type({x}) IN ('integer', 'real')"),
        ),
        ("JSONB", "JSONTEXT") => sure(format!("iif(typeof({x}) = 'blob', json({x}), {x})")),
        // A collation or an argument of the same unknown type.
        ("", "") if word(from) == word(to) => sure(x),
        _ => if_only(x, "0".to_owned()),
    }
}

fn word(column: &Column) -> String {
    column.column_type.split([' ', '(']).next().unwrap_or_default().to_ascii_uppercase()
}
