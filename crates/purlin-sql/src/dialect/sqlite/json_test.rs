//! Tests inside JSON documents. Values of different types are never equal and never ordered.

use purlin_core::schema::CompareOp;
use purlin_core::statement::JsonOp;

use crate::render::compare_sign;

/// More numeric segments than this are read as array positions only.
const AMBIGUOUS_SEGMENTS: usize = 3;

/// A segment of digits may be a position in an array or a key of an object: which of the two
/// is known only from the document, so both are tried.
pub(super) fn paths(segments: &[String]) -> Vec<String> {
    let is_position =
        |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let ambiguous = segments.iter().filter(|segment| is_position(segment)).count();
    let mut paths = vec!["$".to_owned()];
    for segment in segments {
        let key = format!(".{}", serde_json::Value::from(segment.as_str()));
        if !is_position(segment) {
            append(&mut paths, &key);
            continue;
        }
        let position = format!("[{segment}]");
        if ambiguous <= AMBIGUOUS_SEGMENTS {
            let keyed: Vec<String> = paths.iter().map(|path| format!("{path}{key}")).collect();
            append(&mut paths, &position);
            paths.extend(keyed);
        } else {
            append(&mut paths, &position);
        }
    }
    paths
}

pub(super) fn test(
    op: JsonOp,
    value: &str,
    path: &str,
    argument: &str,
    text_test: impl Fn(&str) -> String,
) -> String {
    let found = format!("json_type({value}, {path})");
    match op {
        JsonOp::Compare(op) => {
            let same = format!("{} = {}", class(&found), class(&format!("json_type({argument})")));
            let sign = match op {
                CompareOp::Equal => "IS",
                CompareOp::NotEqual => "IS NOT",
                other => compare_sign(other),
            };
            format!("({same} AND json_extract({value}, {path}) {sign} json_extract({argument}, '$'))")
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

fn append(paths: &mut [String], step: &str) {
    for path in paths {
        path.push_str(step);
    }
}

/// Types that compare with each other, by one name.
fn class(kind: &str) -> String {
    format!("CASE {kind} WHEN 'real' THEN 'integer' WHEN 'false' THEN 'true' ELSE {kind} END")
}
