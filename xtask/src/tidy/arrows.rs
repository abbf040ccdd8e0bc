//! Which crate may use which: the picture in ARCHITECTURE.md, as a table.
//! Development dependencies are free, except that nothing may depend on a tool.

use crate::metadata::{Dependency, DependencyKind, Metadata};
use crate::report::Report;

struct Row {
    name: &'static str,
    may_use: &'static [&'static str],
}

const SHIPPED: &[Row] = &[
    Row { name: "purlin-schema", may_use: &[] },
    Row { name: "purlin-core", may_use: &["purlin-schema"] },
    Row { name: "purlin-sql", may_use: &["purlin-schema", "purlin-core"] },
    Row { name: "purlin-store-sqlite", may_use: &["purlin-schema", "purlin-core", "purlin-sql"] },
    Row { name: "purlin-store-postgres", may_use: &["purlin-schema", "purlin-core", "purlin-sql"] },
    Row { name: "purlin-store-mysql", may_use: &["purlin-schema", "purlin-core", "purlin-sql"] },
    Row { name: "purlin-store-mongo", may_use: &["purlin-schema", "purlin-core"] },
    Row { name: "purlin-store-several", may_use: &["purlin-schema", "purlin-core"] },
    Row { name: "purlin-migrate", may_use: &["purlin-schema", "purlin-core", "purlin-sql"] },
    Row { name: "purlin-http", may_use: &["purlin-core"] },
    Row { name: "purlin-rest", may_use: &["purlin-schema", "purlin-core", "purlin-http"] },
    Row { name: "purlin-mail", may_use: &["purlin-core"] },
    Row { name: "purlin-codegen", may_use: &["purlin-schema"] },
    Row { name: "purlin-fetch", may_use: &[] },
    Row { name: "purlin-auth", may_use: &["purlin-schema", "purlin-core", "purlin-http", "purlin-fetch"] },
    Row {
        name: "purlin",
        may_use: &[
            "purlin-schema",
            "purlin-core",
            "purlin-sql",
            "purlin-store-sqlite",
            "purlin-store-postgres",
            "purlin-store-mysql",
            "purlin-store-mongo",
            "purlin-store-several",
            "purlin-migrate",
            "purlin-http",
            "purlin-rest",
            "purlin-mail",
            "purlin-codegen",
            "purlin-fetch",
            "purlin-auth",
        ],
    },
];

/// Crates that never ship: they may use any shipped crate, and only tests may use them.
const TOOLS: &[&str] = &["purlin-testkit", "xtask"];

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    for package in metadata.members() {
        check_crate(&package.name, &package.dependencies, report);
    }
}

fn check_crate(name: &str, dependencies: &[Dependency], report: &mut Report) {
    if TOOLS.contains(&name) {
        return;
    }
    let Some(row) = SHIPPED.iter().find(|row| row.name == name) else {
        report.error(format!(
            "{name}: not in the table of xtask/src/tidy/arrows.rs; say there what it may use"
        ));
        return;
    };
    for dependency in dependencies {
        let used = dependency.name.as_str();
        let is_ours = TOOLS.contains(&used) || SHIPPED.iter().any(|row| row.name == used);
        let is_allowed = match dependency.kind {
            DependencyKind::Dev => used != "xtask",
            DependencyKind::Normal | DependencyKind::Build => row.may_use.contains(&used),
        };
        if is_ours && !is_allowed {
            report.error(format!("{name}: may not use {used} (see the arrows in ARCHITECTURE.md)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, used: &str, kind: DependencyKind, expected: usize) {
        let mut report = Report::default();
        let dependencies = [Dependency { name: used.to_owned(), kind }];
        check_crate(name, &dependencies, &mut report);
        assert_eq!(report.errors().len(), expected, "{name} -> {used}: {report:?}");
    }

    #[test]
    fn arrows_point_left_only() {
        check("purlin-core", "purlin-schema", DependencyKind::Normal, 0);
        check("purlin-schema", "purlin-core", DependencyKind::Normal, 1);
        check("purlin-core", "purlin-sql", DependencyKind::Normal, 1);
        check("purlin-http", "purlin-schema", DependencyKind::Build, 1);
        check("purlin-rest", "purlin-store-sqlite", DependencyKind::Normal, 1);
        check("purlin-core", "serde_json", DependencyKind::Normal, 0);
    }

    #[test]
    fn tools_are_for_tests() {
        check("purlin-store-sqlite", "purlin-testkit", DependencyKind::Dev, 0);
        check("purlin-store-sqlite", "purlin-testkit", DependencyKind::Normal, 1);
        check("purlin", "xtask", DependencyKind::Dev, 1);
        check("purlin-testkit", "purlin-core", DependencyKind::Normal, 0);
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        check("purlin-unknown", "purlin-core", DependencyKind::Normal, 1);
    }
}
