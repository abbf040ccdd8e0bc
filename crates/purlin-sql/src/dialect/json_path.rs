//! Paths into JSON documents as SQLite and MySQL write them.

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

fn append(paths: &mut [String], step: &str) {
    for path in paths {
        path.push_str(step);
    }
}
