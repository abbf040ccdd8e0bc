//! Values that move into a column of another type: by way of a text that both know. What the new type cannot hold
//! becomes null, and is counted by the guard before anything happens.

use super::declared::Declared;
use crate::engine::Conversion;
use crate::physical::Column;

const NUMBER: &str = "^-?[0-9]{1,30}([.][0-9]{1,30})?$";

/// Whether the server's own conversion keeps every value, or the length is all that could be lost.
pub(super) fn is_natural(from: &Column, to: &Column) -> bool {
    let (old, new) = (Declared::of(from), Declared::of(to));
    if from.is_list != to.is_list && from.column_type != to.column_type {
        return false;
    }
    if old == new || (old.is_text() && new.is_text()) || (old.is_bytes() && new.is_bytes()) {
        return from.is_list == to.is_list || from.column_type == to.column_type && !needs_array(from, to);
    }
    if let (Some((least, most)), Some((new_least, new_most))) = (old.range(), new.range()) {
        return new_least <= least && most <= new_most && !new.is_boolean();
    }
    match new.name {
        "double" => old.name == "float" || (old.range().is_some() && old.name != "bigint"),
        "decimal" => old.range().is_some() && new.arguments == "65,30",
        "datetime" | "timestamp" => old.is_time() || old.name == "date",
        _ => false,
    }
}

/// One value that becomes a list, or a list that becomes one value: both may be JSON.
fn needs_array(from: &Column, to: &Column) -> bool {
    from.is_list != to.is_list && !(from.column_type == "json" && to.column_type == "json")
}

/// `x` is where the old value is read: as its own type, or as the text that the server makes of it.
pub(super) fn convert(x: &str, from: &Column, to: &Column) -> Conversion {
    let (old, new) = (Declared::of(from), Declared::of(to));
    if from.column_type == "json" && to.column_type == "json" {
        return Conversion::sure(x);
    }
    match (from.is_list, to.is_list) {
        (false, true) => {
            let element = as_json(x, old);
            return Conversion::sure(format!(
                "CASE WHEN {x} IS NULL THEN '[]' ELSE concat('[', {element}, ']') END"
            ));
        }
        (true, false) => {
            let first = format!("json_extract({x}, '$[0]')");
            let Conversion { value, is_exact } = from_json(&first, new);
            let fits = format!("json_length({x}) <= 1");
            let is_exact =
                is_exact.map_or(fits.clone(), |exact| format!("{fits} AND ({first} IS NULL OR ({exact}))"));
            return Conversion::if_only(value, is_exact);
        }
        _ => {}
    }
    if is_natural(from, to) {
        return match (old.length_class(), new.length_class()) {
            (Some(old), Some(new)) if new < old => {
                Conversion::if_only(format!("left({x}, {new})"), format!("char_length({x}) <= {new}"))
            }
            _ => Conversion::sure(x),
        };
    }
    if old.name == "json" {
        return from_json(x, new);
    }
    if new.name == "json" {
        return Conversion::sure(if old.is_text() {
            format!("CASE WHEN json_valid({x}) THEN {x} ELSE json_quote({x}) END")
        } else {
            as_json(x, old)
        });
    }
    of_text(&text(x, old), old, new)
}

/// The text that people would write for it.
fn text(x: &str, old: Declared<'_>) -> String {
    match old.name {
        _ if old.is_boolean() => {
            format!("CASE WHEN {x} IS NULL THEN NULL WHEN {x} = 0 THEN 'false' ELSE 'true' END")
        }
        "decimal" => {
            let digits = format!("CAST({x} AS CHAR)");
            format!(
                "CASE WHEN locate('.', {digits}) > 0 THEN trim(TRAILING '.' FROM trim(TRAILING '0' FROM {digits})) ELSE {digits} END"
            )
        }
        "datetime" | "timestamp" => {
            format!("concat(left(date_format({x}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')")
        }
        _ if old.is_bytes() => format!("lower(hex({x}))"),
        _ => format!("CAST({x} AS CHAR)"),
    }
}

fn as_json(x: &str, old: Declared<'_>) -> String {
    let text = text(x, old);
    match old.name {
        _ if old.is_boolean() || (old.range().is_some() && old.name != "bigint") => text,
        "double" | "float" => text,
        _ => format!("json_quote({text})"),
    }
}

fn from_json(x: &str, new: Declared<'_>) -> Conversion {
    let plain = format!("json_unquote({x})");
    if new.is_text() {
        let text = format!("CASE WHEN json_type({x}) = 'STRING' THEN {plain} ELSE {x} END");
        return fits_length(text, new);
    }
    // What stands in a string is read as people would write it.
    let text_type = Declared { name: "longtext", arguments: "", is_unsigned: false };
    of_text(&plain, text_type, new)
}

fn fits_length(text: String, new: Declared<'_>) -> Conversion {
    match new.length_class() {
        Some(length) if length < u64::MAX => {
            Conversion::if_only(format!("left({text}, {length})"), format!("char_length({text}) <= {length}"))
        }
        _ => Conversion::sure(text),
    }
}

/// `text`: as people write it, from a column of type `old`.
fn of_text(text: &str, old: Declared<'_>, new: Declared<'_>) -> Conversion {
    let guarded = |value: String, fits: String| {
        Conversion::if_only(
            format!("CASE WHEN {fits} THEN {value} END"),
            format!("CASE WHEN {fits} THEN TRUE END"),
        )
    };
    match new.name {
        _ if new.is_text() && old.is_bytes() => {
            let Conversion { value, .. } = fits_length(text.to_owned(), new);
            Conversion::if_only(value, "FALSE")
        }
        _ if new.is_text() => fits_length(text.to_owned(), new),
        _ if new.is_boolean() => {
            // Numbers other than 0 are true, though they do not come back.
            let truth = format!(
                "CASE WHEN lower({text}) IN ('true', '1') THEN 1 WHEN lower({text}) IN ('false', '0') THEN 0 \
                                 WHEN {text} REGEXP '{NUMBER}' THEN {text} + 0 <> 0 END"
            );
            Conversion::if_only(truth, format!("lower({text}) IN ('true', '1', 'false', '0')"))
        }
        _ if new.range().is_some() => {
            let (least, most) = new.range().unwrap_or_default();
            let digits = if old.is_boolean() {
                format!("CASE {text} WHEN 'true' THEN '1' WHEN 'false' THEN '0' END")
            } else {
                text.to_owned()
            };
            let number = format!("CAST({digits} AS DECIMAL(65,30))");
            let fits = format!("{digits} REGEXP '{NUMBER}' AND {number} BETWEEN {least} AND {most}");
            Conversion::if_only(
                format!("CASE WHEN {fits} THEN CAST(truncate({number}, 0) AS DECIMAL(30,0)) END"),
                format!("CASE WHEN {fits} THEN {number} = truncate({number}, 0) END"),
            )
        }
        "double" | "float" | "decimal" if old.is_boolean() => {
            Conversion::sure(format!("CASE {text} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"))
        }
        "double" | "float" => guarded(
            format!("{text} + 0e0"),
            format!("{text} REGEXP '^-?[0-9]{{1,30}}([.][0-9]{{1,30}})?([eE][-+]?[0-9]{{1,2}})?$'"),
        ),
        "decimal" => {
            let (precision, scale) = new.arguments.split_once(',').unwrap_or((new.arguments, "0"));
            let (precision, scale) = (precision.parse().unwrap_or(65_u32), scale.parse().unwrap_or(0_u32));
            let number = format!("CAST({text} AS DECIMAL(65,30))");
            let fits = format!(
                "{text} REGEXP '{NUMBER}' AND abs(round({number}, {scale})) < 1e{}",
                precision.saturating_sub(scale)
            );
            Conversion::if_only(
                format!("CASE WHEN {fits} THEN round({number}, {scale}) END"),
                format!("CASE WHEN {fits} THEN {number} = round({number}, {scale}) END"),
            )
        }
        "datetime" | "timestamp" | "date" => {
            let fits = format!(
                "{text} REGEXP '^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?Z?)?$'"
            );
            guarded(format!("replace(replace({text}, 'T', ' '), 'Z', '')"), fits)
        }
        _ if new.is_bytes() => Conversion::sure(format!("CAST({text} AS BINARY)")),
        _ => Conversion::if_only("NULL", "FALSE"),
    }
}
