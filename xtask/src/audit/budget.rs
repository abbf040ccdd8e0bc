//! The lock file is the compile time: it may not grow past a stated number of packages.

use crate::metadata::Metadata;
use crate::report::Report;

const MOST_PACKAGES: usize = 240;

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    let count = metadata.packages.len();
    println!("{count} packages locked, {MOST_PACKAGES} at most");
    if count > MOST_PACKAGES {
        report.error(format!("{count} packages are locked, more than {MOST_PACKAGES}; see `cargo tree`"));
    }
}
