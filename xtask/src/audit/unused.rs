//! A dependency that no source line names is dropped: by its crate, and by the workspace.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use crate::metadata::{DependencyKind, Metadata, Package};
use crate::process;
use crate::report::Report;

/// Used by its presence alone: it turns on something in another crate.
const UNNAMED: &[(&str, &str)] =
    &[("idna_adapter", "its version chooses idna's tables: this one's are small and few packages")];

pub(super) fn check(metadata: &Metadata, report: &mut Report) -> Result<()> {
    for package in metadata.members() {
        check_package(package, report)?;
    }
    check_workspace(metadata, report)
}

fn check_package(package: &Package, report: &mut Report) -> Result<()> {
    let shipped = code_below(&package.folder.join("src"))?;
    let mut tested = shipped.clone();
    for folder in ["tests", "benches", "examples"] {
        tested.push_str(&code_below(&package.folder.join(folder))?);
    }
    let build = std::fs::read_to_string(package.folder.join("build.rs")).unwrap_or_default();
    for dependency in &package.dependencies {
        let code = match dependency.kind {
            DependencyKind::Normal => &shipped,
            DependencyKind::Dev => &tested,
            DependencyKind::Build => &build,
        };
        let is_exempt = UNNAMED.iter().any(|(name, _)| *name == dependency.name);
        if !is_exempt && !names(code, &dependency.name.replace('-', "_")) {
            report.error(format!("{}: does not use its dependency {}", package.name, dependency.name));
        }
    }
    Ok(())
}

fn check_workspace(metadata: &Metadata, report: &mut Report) -> Result<()> {
    let manifest =
        std::fs::read_to_string(process::root().join("Cargo.toml")).context("cannot read Cargo.toml")?;
    let used: BTreeSet<&str> = metadata
        .members()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| dependency.name.as_str())
        .collect();
    for name in declared(&manifest) {
        if !used.contains(name) {
            report.error(format!("workspace: no crate uses the declared dependency {name}"));
        }
    }
    Ok(())
}

fn declared(manifest: &str) -> impl Iterator<Item = &str> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim())
}

/// The Rust code below a folder without its comments; empty where there is no such folder.
fn code_below(folder: &Path) -> Result<String> {
    let mut code = String::new();
    if !folder.is_dir() {
        return Ok(code);
    }
    for entry in folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            code.push_str(&code_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                code.push_str(line);
                code.push('\n');
            }
        }
    }
    Ok(code)
}

/// Whether the crate is named as a path (`name::x`) or imported whole (`use name`).
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code.get(..at).unwrap_or_default();
        let after = code.get(at + name.len()..).unwrap_or_default();
        let starts_a_word =
            !before.ends_with(|character: char| character.is_alphanumeric() || character == '_');
        let is_imported = before.ends_with("use ") && after.starts_with([';', ' ']);
        starts_a_word && (after.starts_with("::") || is_imported)
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn finds_paths_and_imports() {
        for (code, expected) in [
            ("use serde::Serialize;", true),
            ("use serde;", true),
            ("use serde as s;", true),
            ("#[derive(serde::Serialize)]", true),
            ("my_serde::x", false),
            ("let serde = 1;", false),
            ("serde_json::Value", false),
        ] {
            assert_eq!(names(code, "serde"), expected, "{code}");
        }
    }
}
