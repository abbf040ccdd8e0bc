//! A snapshot whose test is gone checks nothing and misleads the reader.

use crate::process;
use crate::report::Report;
use crate::source::SourceFile;

pub(super) fn check(files: &[SourceFile], report: &mut Report) {
    for file in files {
        if file.path.ends_with(".snap.new") {
            report.error(format!("{}: a snapshot that nobody accepted or refused", file.path));
        }
        if !file.has_extension("snap") {
            continue;
        }
        match source_of(&file.text) {
            Some(source) if process::root().join(source).is_file() => {}
            Some(source) => report.error(format!("{}: its test `{source}` is gone; delete it", file.path)),
            None => report.error(format!("{}: names no `source:`; write it again with the test", file.path)),
        }
    }
}

/// The `source:` line of the block between the two `---` lines.
fn source_of(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    if lines.next()? != "---" {
        return None;
    }
    let mut header = lines.take_while(|line| *line != "---");
    header.find_map(|line| line.strip_prefix("source:")).map(|source| source.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::source_of;

    #[test]
    fn reads_the_header_only() {
        assert_eq!(
            source_of("---\nsource: crates/a/src/b.rs\nexpression: x\n---\nbody"),
            Some("crates/a/src/b.rs")
        );
        assert_eq!(source_of("---\nexpression: x\n---\nsource: c.rs"), None);
        assert_eq!(source_of("body"), None);
    }
}
