//! The lock file is the compile time: it may not grow past a stated number of packages.

use crate::metadata::Metadata;
use crate::report::Report;

/// 137 of them are the drivers of PostgreSQL, MySQL and MongoDB with their parts, of which about 60 are for
/// other systems or for features that are off. 18 are what sign-in takes: Argon2, bcrypt, secp256k1, Keccak and Unicode's normal forms.
/// 29 are what mail takes: lettre with its parts of a message, and rustls with ring, of which 8 are for
/// Windows alone.
const MOST_PACKAGES: usize = 415;

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    let count = metadata.packages.len();
    println!("{count} packages locked, {MOST_PACKAGES} at most");
    if count > MOST_PACKAGES {
        report.error(format!("{count} packages are locked, more than {MOST_PACKAGES}; see `cargo tree`"));
    }
}
