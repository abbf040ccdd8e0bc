//! The repository's own files, read once; build outputs and caches are left out.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process;

const SKIPPED_FOLDERS: &[&str] = &["target", "node_modules", ".git", ".purlin"];

/// Extensions whose text the rules read; anything else is only known by name.
const TEXT_EXTENSIONS: &[&str] = &[
    "rs", "toml", "md", "json", "sh", "ts", "mjs", "js", "zmodel", "prisma", "snap", "sql", "html", "css",
    "yml", "new", "py", "lua",
];

#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Relative to the root, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// A file that holds nothing but tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The lines before an inline test module.
    pub(crate) fn shipped_lines(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let opens_tests = |pair: &[&str]| matches!(pair, [attribute, item] if *attribute == "#[cfg(test)]" && item.starts_with("mod ") && item.ends_with('{'));
        lines.windows(2).position(opens_tests).unwrap_or(lines.len())
    }
}

/// Reads every text file below the root.
pub(crate) fn load() -> Result<Vec<SourceFile>> {
    let root = process::root();
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if kind.is_dir() && !SKIPPED_FOLDERS.contains(&name.as_str()) {
                folders.push(path);
            } else if kind.is_file() && is_text(&path) {
                files.push(read(&root, &path)?);
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn is_text(path: &Path) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some(extension) => TEXT_EXTENSIONS.contains(&extension),
        None => path.ends_with(".ci/run") || path.ends_with("bench/run"),
    }
}

fn read(root: &Path, path: &Path) -> Result<SourceFile> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let relative = path.strip_prefix(root).unwrap_or(path);
    Ok(SourceFile {
        path: relative.to_string_lossy().replace('\\', "/"),
        // Case files may hold bytes that are deliberately not UTF-8.
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })
}
