//! Every dependency can be used under a licence that lets the binary ship.

use crate::metadata::Metadata;
use crate::report::Report;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        match &package.license {
            Some(expression) if is_allowed(expression) => {}
            Some(expression) => {
                report.error(format!("{name}: licence `{expression}` is not in the allow list"));
            }
            None => report.error(format!("{name}: states no licence")),
        }
    }
}

/// Reads an SPDX expression: `AND` binds tighter than `OR`; an old `/` means `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    any_of(&mut rest) == Some(true) && rest.is_empty()
}

fn any_of(tokens: &mut &[&str]) -> Option<bool> {
    let mut allowed = all_of(tokens)?;
    while take(tokens, "OR") {
        allowed |= all_of(tokens)?;
    }
    Some(allowed)
}

fn all_of(tokens: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(tokens)?;
    while take(tokens, "AND") {
        allowed &= one(tokens)?;
    }
    Some(allowed)
}

fn one(tokens: &mut &[&str]) -> Option<bool> {
    if take(tokens, "(") {
        let allowed = any_of(tokens)?;
        return take(tokens, ")").then_some(allowed);
    }
    let (name, rest) = tokens.split_first()?;
    *tokens = rest;
    if !take(tokens, "WITH") {
        return Some(ALLOWED.contains(name));
    }
    let (exception, rest) = tokens.split_first()?;
    *tokens = rest;
    Some(ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
}

fn take(tokens: &mut &[&str], expected: &str) -> bool {
    match tokens.split_first() {
        Some((first, rest)) if *first == expected => {
            *tokens = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("GPL-3.0 OR MIT AND GPL-2.0", false),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("GPL-2.0 WITH Classpath-exception-2.0", false),
            ("(MIT", false),
            ("MIT Apache-2.0", false),
            ("", false),
        ] {
            assert_eq!(is_allowed(expression), expected, "{expression}");
        }
    }
}
