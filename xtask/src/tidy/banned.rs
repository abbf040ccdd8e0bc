//! Text that may not stand in the repository. `clippy` refuses `unwrap`, `expect` and
//! `panic!` with more precision than a search could; here is what it cannot see.

use crate::report::Report;
use crate::source::SourceFile;

/// Built from parts, so that this file does not contain what it forbids.
const UNFINISHED: &[&str] = &[concat!("todo", "!("), concat!("unimplemented", "!(")];
const SILENCED: &[&str] = &[concat!("#[", "allow("), concat!("#![", "allow(")];
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/")];
const MARKER: &str = concat!("TO", "DO");

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    for (index, line) in file.text.lines().enumerate() {
        for problem in problems(file, line) {
            report.error(format!("{}:{}: {problem}", file.path, index + 1));
        }
    }
}

fn problems(file: &SourceFile, line: &str) -> Vec<String> {
    let mut found = Vec::new();
    if file.is_rust() {
        if let Some(call) = UNFINISHED.iter().find(|call| line.contains(**call)) {
            found.push(format!("`{call}…)` is unfinished work; return an error that says so"));
        }
        if SILENCED.iter().any(|attribute| line.contains(attribute)) {
            found.push("silence a lint with `#[expect(…, reason = \"…\")]`, which also says when it is no longer needed".to_owned());
        }
    }
    if let Some(path) = MACHINE_PATHS.iter().find(|path| starts_a_path(line, path)) {
        found.push(format!("`{path}` is a path of one machine"));
    }
    if has_bare_marker(file, line) {
        found.push(format!("{MARKER} without an issue number; write {MARKER}(#123)"));
    }
    found
}

/// A path counts only from its first character: the same letters inside a URL or a longer
/// path name no folder of this machine.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|character| !character.is_alphanumeric() && !"./-_}".contains(character))
    })
}

fn has_bare_marker(file: &SourceFile, line: &str) -> bool {
    let comment = if file.is_rust() || file.has_extension("ts") || file.has_extension("mjs") {
        "//"
    } else if file.has_extension("toml") || file.has_extension("sh") {
        "#"
    } else {
        return false;
    };
    let Some(at) = line.find(comment) else {
        return false;
    };
    let Some(text) = line.get(at..) else {
        return false;
    };
    text.match_indices(MARKER).any(|(at, _)| {
        let after = text.get(at + MARKER.len()..).unwrap_or_default();
        !after
            .strip_prefix("(#")
            .is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, line: &str, expected: usize) {
        let file = SourceFile { path: path.to_owned(), text: String::new() };
        let found = problems(&file, line);
        assert_eq!(found.len(), expected, "{line}: {found:?}");
    }

    #[test]
    fn unfinished_and_silenced_code() {
        check("a.rs", &format!("    {}\"later\")", UNFINISHED[0]), 1);
        check("a.md", &format!("    {}\"later\")", UNFINISHED[0]), 0);
        check("a.rs", &format!("{}dead_code)]", SILENCED[0]), 1);
        check("a.rs", "#[expect(dead_code, reason = \"why\")]", 0);
    }

    #[test]
    fn paths_of_one_machine() {
        for path in MACHINE_PATHS {
            check("a.toml", &format!("dir = \"{path}x\""), 1);
            check("a.md", &format!("see {path}x"), 1);
            check("a.md", &format!("https://example.com{path}x"), 0);
            check("a.sh", &format!("cd \"${{HERE}}{path}x\""), 0);
        }
    }

    #[test]
    fn markers_need_an_issue() {
        check("a.rs", &format!("// {MARKER}: later"), 1);
        check("a.rs", &format!("// {MARKER}(#12): later"), 0);
        check("a.rs", &format!("let status = \"{MARKER}\";"), 0);
        check("a.toml", &format!("# {MARKER} later"), 1);
    }
}
