//! Dependencies are declared once, with their default features off or a comment why not.

use anyhow::{Context, Result};

use crate::process;
use crate::report::Report;

pub(super) fn check(report: &mut Report) -> Result<()> {
    let path = process::root().join("Cargo.toml");
    let manifest =
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for name in with_default_features(&manifest) {
        report.error(format!(
            "{name}: set `default-features = false`, or say in a comment on its line why not"
        ));
    }
    Ok(())
}

fn with_default_features(manifest: &str) -> Vec<&str> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .filter(|(_, value)| {
            !value.contains("default-features = false") && !value.contains('#') && !value.contains("path =")
        })
        .map(|(name, _)| name.trim())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::with_default_features;

    #[test]
    fn names_lines_without_a_reason() {
        let manifest = "[workspace.dependencies]\n# why\na = { path = \"a\" }\nb = \"1\"\n\
             c = { version = \"1\", default-features = false }\nd = \"1\" # all of it is used\n\n[profile]\ne = \"1\"\n";
        assert_eq!(with_default_features(manifest), ["b"]);
    }
}
