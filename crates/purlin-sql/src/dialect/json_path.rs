//! Paths into JSON documents as SQLite and MySQL write them.

use super::JsonPath;

/// More numeric segments than this are read as array positions only.
const AMBIGUOUS_SEGMENTS: usize = 3;

/// A segment of digits may be a position in an array or a key of an object: which of the two
/// is known only from the document, so both are tried.
pub(super) fn paths(segments: &[String]) -> Vec<JsonPath> {
    let is_position =
        |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let ambiguous = segments.iter().filter(|segment| is_position(segment)).count();
    let mut paths = vec![JsonPath { text: "$".to_owned(), lists: Vec::new() }];
    for segment in segments {
        let key = format!(".{}", serde_json::Value::from(segment.as_str()));
        if !is_position(segment) {
            paths.iter_mut().for_each(|path| path.text.push_str(&key));
            continue;
        }
        let keyed: Vec<JsonPath> = paths
            .iter()
            .filter(|_| ambiguous <= AMBIGUOUS_SEGMENTS)
            .map(|path| JsonPath { text: format!("{}{key}", path.text), lists: path.lists.clone() })
            .collect();
        for path in &mut paths {
            path.lists.push(path.text.clone());
            path.text = format!("{}[{segment}]", path.text);
        }
        paths.extend(keyed);
    }
    paths
}
