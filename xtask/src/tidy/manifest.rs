//! Every crate has a README and takes its lints from the workspace.

use crate::metadata::Metadata;
use crate::report::Report;

pub(super) fn check(metadata: &Metadata, report: &mut Report) {
    for package in metadata.members() {
        let name = &package.name;
        if !package.folder.join("README.md").is_file() {
            report.error(format!("{name}: has no README.md (what it is, invariants, main types)"));
        }
        match std::fs::read_to_string(package.folder.join("Cargo.toml")) {
            Ok(manifest) if takes_workspace_lints(&manifest) => {}
            Ok(_) => report.error(format!("{name}: Cargo.toml lacks `[lints] workspace = true`")),
            Err(error) => report.error(format!("{name}: cannot read Cargo.toml: {error}")),
        }
    }
}

fn takes_workspace_lints(manifest: &str) -> bool {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::takes_workspace_lints;

    #[test]
    fn finds_the_lints_section() {
        assert!(takes_workspace_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!takes_workspace_lints("[package]\nworkspace = true\n\n[lints]\n[dependencies]\n"));
        assert!(!takes_workspace_lints("[dependencies]\nworkspace = true\n"));
    }
}
