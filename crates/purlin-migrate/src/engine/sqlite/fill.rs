//! Expressions that make a value per row. Text made here is valid wherever the engine's own is,
//! with fewer random letters in use.

use super::create::literal;
use crate::physical::{Column, Fill, FillKind, PhysicalSchema};

const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
const MILLIS: &str = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
/// Random hexadecimal digits of the last three groups, the variant among them.
const UUID_TAIL: &str = "substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || \
                         substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))";

pub(super) fn expression(fill: &Fill) -> String {
    let value = match fill.kind {
        FillKind::Now => NOW.to_owned(),
        FillKind::Uuid { version: 4 } => {
            format!("lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || {UUID_TAIL}")
        }
        FillKind::Uuid { .. } => format!(
            "substr(printf('%012x', {MILLIS}), 1, 8) || '-' || substr(printf('%012x', {MILLIS}), 9) || '-7' || {UUID_TAIL}"
        ),
        FillKind::Cuid => "'c' || lower(hex(randomblob(12)))".to_owned(),
        FillKind::Nanoid { length } => {
            format!("substr(lower(hex(randomblob({}))), 1, {length})", u32::from(length).div_ceil(2))
        }
        FillKind::Ulid => {
            let digit = |shift: u32| {
                format!("substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((millis >> {shift}) & 31), 1)")
            };
            let time: Vec<String> = (0..10).rev().map(|place| digit(5 * place)).collect();
            format!("(SELECT {} FROM (SELECT {MILLIS} AS millis)) || hex(randomblob(8))", time.join(" || "))
        }
    };
    match fill.format.as_deref().and_then(|format| format.split_once("%s")) {
        Some((before, after)) => format!("({} || {value} || {})", literal(before), literal(after)),
        None => format!("({value})"),
    }
}

/// The empty value of a required column whose values are lost.
pub(super) fn empty(column: &Column, target: &PhysicalSchema) -> String {
    if column.is_list {
        return "'[]'".to_owned();
    }
    let members = column.enumeration.as_ref().and_then(|name| target.enumeration(name));
    if let Some(first) = members.and_then(|members| members.values.first()) {
        return literal(&first.stored);
    }
    match super::convert::base(column) {
        "BOOLEAN" | "INTEGER" | "BIGINT" | "REAL" | "DECIMAL" => "0",
        "DECIMALTEXT" => "'0'",
        "DATETIME" => NOW,
        "JSONTEXT" | "JSONB" => "'null'",
        "BLOB" => "X''",
        _ => "''",
    }
    .to_owned()
}
