//! Every Rust file says first what it is.

use crate::report::Report;
use crate::source::SourceFile;

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    if file.is_rust() && !file.text.starts_with("//!") {
        report.error(format!("{}: does not open with a `//!` line that says what it is", file.path));
    }
}
