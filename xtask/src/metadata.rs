//! The part of `cargo metadata` that the checks read, as plain values.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    /// `None` for a crate of this workspace.
    pub(crate) source: Option<String>,
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DependencyKind {
    Normal,
    Dev,
    Build,
}

impl Metadata {
    /// Reads the locked graph; a lock file that is out of date is an error.
    pub(crate) fn load() -> Result<Self> {
        let output = process::cargo()
            .args(["metadata", "--format-version", "1", "--locked"])
            .output()
            .context("cannot start cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let value: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
        let packages = list(&value, "packages").iter().map(package).collect();
        Ok(Self { packages })
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }
}

fn package(value: &Value) -> Package {
    let manifest = PathBuf::from(text(value, "manifest_path").unwrap_or_default());
    Package {
        name: text(value, "name").unwrap_or_default(),
        version: text(value, "version").unwrap_or_default(),
        license: text(value, "license"),
        source: text(value, "source"),
        folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
        dependencies: list(value, "dependencies").iter().map(dependency).collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    let kind = match text(value, "kind").as_deref() {
        Some("dev") => DependencyKind::Dev,
        Some("build") => DependencyKind::Build,
        _ => DependencyKind::Normal,
    };
    // A renamed dependency is written under its new name in the source.
    let name = text(value, "rename").or_else(|| text(value, "name")).unwrap_or_default();
    Dependency { name, kind }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
