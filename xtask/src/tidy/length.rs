//! File length, tests not counted: a file that outgrows its one idea is split.

use crate::report::Report;
use crate::source::SourceFile;

const WARN_ABOVE: usize = 400;
const REFUSE_ABOVE: usize = 600;

/// Files that are better long, each with its reason.
const EXEMPTIONS: &[(&str, &str)] = &[];

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    if !file.is_rust() || file.is_test() {
        return;
    }
    let lines = file.shipped_lines();
    if lines > REFUSE_ABOVE && !is_exempt(&file.path) {
        report.error(format!("{}: {lines} lines, more than {REFUSE_ABOVE}; split it by idea", file.path));
    } else if lines > WARN_ABOVE {
        report.warning(format!("{}: {lines} lines, more than {WARN_ABOVE}", file.path));
    }
}

/// An exemption whose file is gone, or short again, is dropped.
pub(super) fn check_exemptions(files: &[SourceFile], report: &mut Report) {
    for (path, _) in EXEMPTIONS {
        let is_needed = files.iter().any(|file| file.path == *path && file.shipped_lines() > REFUSE_ABOVE);
        if !is_needed {
            report.error(format!("{path}: no longer needs its exemption in xtask/src/tidy/length.rs"));
        }
    }
}

fn is_exempt(path: &str) -> bool {
    EXEMPTIONS.iter().any(|(exempt, _)| *exempt == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn errors(path: &str, text: String) -> usize {
        let mut report = Report::default();
        check(&SourceFile { path: path.to_owned(), text }, &mut report);
        report.errors().len()
    }

    #[test]
    fn tests_are_not_counted() {
        let long = "x\n".repeat(REFUSE_ABOVE + 1);
        let tested = format!("x\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(errors("crates/a/src/a.rs", long.clone()), 1);
        assert_eq!(errors("crates/a/src/a.rs", tested), 0);
        assert_eq!(errors("crates/a/tests/it/a.rs", long.clone()), 0);
        assert_eq!(errors("crates/a/a.md", long), 0);
    }
}
