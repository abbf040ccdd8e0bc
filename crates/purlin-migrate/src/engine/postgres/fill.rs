//! Expressions that make a value per row. Text made here is valid wherever the engine's own is,
//! with fewer random letters in use.

use super::create::literal;
use super::declared::Declared;
use crate::physical::{Column, Fill, FillKind, PhysicalSchema};

const NOW: &str = "(now() AT TIME ZONE 'UTC')";
const MILLIS: &str = "(extract(epoch FROM statement_timestamp()) * 1000)::bigint";
const HEX: &str = "replace(gen_random_uuid()::text, '-', '')";

pub(super) fn expression(fill: &Fill, column: &Column) -> String {
    let value = match fill.kind {
        FillKind::Now if Declared::of(column).name.ends_with("tz") => "CURRENT_TIMESTAMP".to_owned(),
        FillKind::Now => NOW.to_owned(),
        FillKind::Uuid { version: 4 } => "gen_random_uuid()::text".to_owned(),
        FillKind::Uuid { .. } => format!(
            "substr(lpad(to_hex({MILLIS}), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex({MILLIS}), 12, '0'), 9) || '-7' || \
             substr(gen_random_uuid()::text, 16, 3) || '-' || substr(gen_random_uuid()::text, 20)"
        ),
        FillKind::Cuid => format!("'c' || substr({HEX}, 1, 24)"),
        FillKind::Nanoid { length } => {
            let pieces = vec![HEX; usize::from(length).div_ceil(32)];
            format!("substr({}, 1, {length})", pieces.join(" || "))
        }
        FillKind::Ulid => {
            let digit = |shift: u32| {
                format!(
                    "substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (({MILLIS} >> {shift}) & 31)::integer, 1)"
                )
            };
            let time: Vec<String> = (0..10).rev().map(|place| digit(5 * place)).collect();
            format!("{} || upper(substr({HEX}, 1, 16))", time.join(" || "))
        }
    };
    let value = match fill.format.as_deref().and_then(|format| format.split_once("%s")) {
        Some((before, after)) => format!("({} || {value} || {})", literal(before), literal(after)),
        None => format!("({value})"),
    };
    match Declared::of(column).name {
        "uuid" => format!("{value}::uuid"),
        _ => value,
    }
}

/// The empty value of a required column whose values are lost.
pub(super) fn empty(column: &Column, target: &PhysicalSchema) -> String {
    let declared = Declared::of(column);
    if declared.is_array {
        return "'{}'".to_owned();
    }
    let members = column.enumeration.as_ref().and_then(|name| target.enumeration(name));
    if let Some(first) = members.and_then(|members| members.values.first()) {
        return literal(&first.stored);
    }
    match declared.name {
        "boolean" => "false",
        "smallint" | "integer" | "bigint" | "real" | "double precision" | "numeric" | "money" | "oid" => "0",
        "timestamp" => NOW,
        "timestamptz" | "date" | "time" | "timetz" => "CURRENT_TIMESTAMP",
        "json" | "jsonb" => "'null'",
        "bytea" => "'\\x'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "inet" => "'0.0.0.0'",
        _ => "''",
    }
    .to_owned()
}
