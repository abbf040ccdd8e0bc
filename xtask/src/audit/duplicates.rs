//! Two versions of one crate are compiled twice; each pair we bear has a reason.

use std::collections::BTreeMap;

use crate::metadata::Metadata;
use crate::report::Report;

const BORNE: &[(&str, &str)] = &[];

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions.retain(|_, found| found.len() > 1);
    for (name, found) in &versions {
        if !BORNE.iter().any(|(borne, _)| borne == name) {
            report.error(format!("{name}: locked in {} versions ({})", found.len(), found.join(", ")));
        }
    }
    for (name, _) in BORNE {
        if !versions.contains_key(name) {
            report
                .warning(format!("{name}: has one version only; drop it from xtask/src/audit/duplicates.rs"));
        }
    }
}
