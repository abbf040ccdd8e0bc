//! Tests inside `jsonb` documents. Values of different types are never equal and never ordered.

use purlin_core::schema::CompareOp;
use purlin_core::statement::{JsonOp, ListEnd};

use crate::render::compare_sign;

/// The text of an array of the segments. One of digits is a position in an array or a key of an object, as the
/// document has it.
pub(super) fn path(segments: &[String]) -> String {
    let quoted = |segment: &String| format!("\"{}\"", segment.replace('\\', "\\\\").replace('"', "\\\""));
    format!("{{{}}}", segments.iter().map(quoted).collect::<Vec<_>>().join(","))
}

pub(super) fn test(
    op: JsonOp,
    value: &str,
    path: &str,
    argument: &str,
    text_test: impl Fn(&str) -> String,
) -> String {
    let found = format!("({value} #> ({path}::text)::text[])");
    match op {
        JsonOp::ArrayEnd(end) => {
            let position = match end {
                ListEnd::First => 0,
                ListEnd::Last => -1,
            };
            // A scalar counts as a list of itself otherwise.
            format!("(jsonb_typeof({found}) = 'array' AND ({found} -> {position}) = {argument}::jsonb)")
        }
        JsonOp::Compare(op) => {
            let argument = format!("{argument}::jsonb");
            let same = format!("jsonb_typeof({found}) = jsonb_typeof({argument})");
            let sign = compare_sign(op);
            match op {
                CompareOp::Equal | CompareOp::NotEqual => format!("({same} AND {found} {sign} {argument})"),
                // Texts by bytes; documents and lists have no order.
                _ => format!(
                    "({same} AND CASE jsonb_typeof({found}) \
                     WHEN 'string' THEN ({found} #>> '{{}}') COLLATE \"C\" {sign} ({argument} #>> '{{}}') COLLATE \"C\" \
                     WHEN 'number' THEN {found} {sign} {argument} WHEN 'boolean' THEN {found} {sign} {argument} END)"
                ),
            }
        }
        JsonOp::Text { .. } => {
            format!("(jsonb_typeof({found}) = 'string' AND {})", text_test(&format!("{found} #>> '{{}}'")))
        }
        JsonOp::ArrayContains => format!(
            "EXISTS (SELECT 1 FROM jsonb_array_elements(CASE WHEN jsonb_typeof({found}) = 'array' THEN {found} END) AS e(v) \
             WHERE e.v = {argument}::jsonb)"
        ),
    }
}
