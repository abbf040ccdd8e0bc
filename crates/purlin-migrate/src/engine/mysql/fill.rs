//! Expressions that make a value per row. Text made here is valid wherever the engine's own is,
//! with fewer random letters in use.

use super::create::literal;
use super::declared::Declared;
use crate::physical::{Column, Fill, FillKind, PhysicalSchema};

const NOW: &str = "utc_timestamp(3)";
const MILLIS: &str = "CAST(floor(unix_timestamp(now(3)) * 1000) AS UNSIGNED)";
const HEX: &str = "md5(concat(rand(), uuid(), rand()))";

pub(super) fn expression(fill: &Fill) -> String {
    let tail = format!(
        "substr({HEX}, 1, 3), '-', substr('89ab', 1 + floor(rand() * 4), 1), substr({HEX}, 1, 3), '-', substr({HEX}, 1, 12)"
    );
    let value = match fill.kind {
        FillKind::Now => NOW.to_owned(),
        FillKind::Uuid { version: 4 } => {
            format!("concat(substr({HEX}, 1, 8), '-', substr({HEX}, 1, 4), '-4', {tail})")
        }
        FillKind::Uuid { .. } => {
            let time = format!("lpad(lower(hex({MILLIS})), 12, '0')");
            format!("concat(substr({time}, 1, 8), '-', substr({time}, 9), '-7', {tail})")
        }
        FillKind::Cuid => format!("concat('c', substr({HEX}, 1, 24))"),
        FillKind::Nanoid { length } => {
            let pieces = vec![HEX; usize::from(length).div_ceil(32)];
            format!("substr(concat({}), 1, {length})", pieces.join(", "))
        }
        FillKind::Ulid => {
            let digit = |shift: u32| {
                format!("substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (({MILLIS} >> {shift}) & 31), 1)")
            };
            let time: Vec<String> = (0..10).rev().map(|place| digit(5 * place)).collect();
            format!("concat({}, upper(substr({HEX}, 1, 16)))", time.join(", "))
        }
    };
    match fill.format.as_deref().and_then(|format| format.split_once("%s")) {
        Some((before, after)) => format!("concat({}, {value}, {})", literal(before), literal(after)),
        None => value,
    }
}

/// The same for a while, where rows come from those who know nothing of the column: as unlike, less random.
pub(super) fn default(fill: &Fill) -> Option<String> {
    let value = match fill.kind {
        FillKind::Now => "CURRENT_TIMESTAMP(3)".to_owned(),
        FillKind::Uuid { .. } => "(uuid())".to_owned(),
        FillKind::Cuid => "(concat('c',md5(uuid())))".to_owned(),
        FillKind::Nanoid { length } if length <= 32 => format!("(left(md5(uuid()),{length}))"),
        FillKind::Nanoid { .. } | FillKind::Ulid => return None,
    };
    fill.format.is_none().then_some(value)
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
    let declared = Declared::of(column);
    match declared.name {
        "datetime" | "timestamp" | "date" | "time" => NOW,
        "json" => "'null'",
        "double" | "float" | "decimal" | "year" | "bit" => "0",
        _ if declared.range().is_some() => "0",
        _ => "''",
    }
    .to_owned()
}
