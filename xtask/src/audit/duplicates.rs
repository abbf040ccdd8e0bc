//! Two versions of one crate are compiled twice; each pair we bear has a reason.

use std::collections::BTreeMap;

use crate::metadata::Metadata;
use crate::report::Report;

const BORNE: &[(&str, &str)] = &[
    ("base64", "0.23 is lettre's; 0.22 is bcrypt's and ours"),
    ("block-buffer", "0.12 is the database drivers'; 0.10 belongs to the token crypto"),
    ("chacha20", "0.10 is proptest's, for tests only; 0.9 seals cursors"),
    ("const-oid", "0.10 is the database drivers'; 0.9 belongs to the token crypto"),
    ("cpufeatures", "0.3 is proptest's, for tests only; 0.2 belongs to the token and cursor crypto"),
    ("crypto-common", "0.2 is the database drivers'; 0.1 belongs to the token crypto"),
    ("digest", "0.11 is the database drivers'; 0.10 belongs to the token crypto"),
    ("fallible-iterator", "0.2 is PostgreSQL's driver's; 0.3 is rusqlite's"),
    ("getrandom", "0.2 belongs to the token and cursor crypto; 0.4 is ours and uuid's"),
    ("hmac", "0.13 is the database drivers'; 0.12 belongs to the token crypto"),
    ("r-efi", "for UEFI alone, by two versions of getrandom"),
    ("rand", "0.10 is proptest's, for tests only; 0.8 belongs to the token crypto"),
    ("rand_chacha", "0.9 is MongoDB's driver's; 0.3 belongs to the token crypto"),
    ("rand_core", "0.10 is proptest's, for tests only; 0.6 belongs to the token crypto"),
    ("sha1", "0.11 is the database drivers'; 0.10 belongs to the token crypto"),
    ("sha2", "0.11 is the database drivers'; 0.10 belongs to the token crypto"),
    ("syn", "derive macros are moving from 2 to 3; none of it is in the binary"),
    ("wasi", "for WebAssembly alone"),
    ("windows-sys", "0.52 is ring's, for Windows alone"),
];

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
