//! Tests inside JSON documents. Values of different types are never equal and never ordered.

use purlin_core::schema::CompareOp;
use purlin_core::statement::{JsonOp, ListEnd};

use crate::render::compare_sign;

pub(super) fn test(
    op: JsonOp,
    value: &str,
    path: &str,
    argument: &str,
    text_test: impl Fn(&str) -> String,
) -> String {
    let found = format!("json_type({value}, {path})");
    match op {
        JsonOp::ArrayEnd(end) => {
            let position = match end {
                ListEnd::First => "[0]",
                ListEnd::Last => "[#-1]",
            };
            let element = format!("({path} || '{position}')");
            let equal = JsonOp::Compare(CompareOp::Equal);
            format!("({found} = 'array' AND {})", test(equal, value, &element, argument, text_test))
        }
        JsonOp::Compare(op) => {
            let same = format!("{} = {}", class(&found), class(&format!("json_type({argument})")));
            let sign = match op {
                CompareOp::Equal => "IS",
                CompareOp::NotEqual => "IS NOT",
                other => compare_sign(other),
            };
            // Documents and lists have no order.
            let ordered = match op {
                CompareOp::Equal | CompareOp::NotEqual => String::new(),
                _ => format!(" AND {found} NOT IN ('object', 'array')"),
            };
            format!(
                "({same}{ordered} AND json_extract({value}, {path}) {sign} json_extract({argument}, '$'))"
            )
        }
        JsonOp::Text { .. } => {
            let test = text_test(&format!("json_extract({value}, {path})"));
            format!("({found} = 'text' AND {test})")
        }
        JsonOp::ArrayContains => {
            let same = format!("{} = {}", class("e.type"), class(&format!("json_type({argument})")));
            format!(
                "({found} = 'array' AND EXISTS (SELECT 1 FROM json_each({value}, {path}) AS e \
                 WHERE {same} AND e.value IS json_extract({argument}, '$')))"
            )
        }
    }
}

/// Types that compare with each other, by one name.
fn class(kind: &str) -> String {
    format!("CASE {kind} WHEN 'real' THEN 'integer' WHEN 'false' THEN 'true' ELSE {kind} END")
}
