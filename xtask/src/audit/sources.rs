//! Code comes from the public registry or from this repository, from nowhere else.

use crate::metadata::Metadata;
use crate::report::Report;

/// How cargo names its default registry, whatever mirror it is fetched from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    for package in &metadata.packages {
        if let Some(source) = package.source.as_deref().filter(|source| *source != REGISTRY) {
            report.error(format!("{} {}: comes from {source}", package.name, package.version));
        }
    }
}
