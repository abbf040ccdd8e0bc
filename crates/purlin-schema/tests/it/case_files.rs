//! Case files: an input and, in its last comment block, what is expected of it.

use std::fs;
use std::path::{Path, PathBuf};

const MARK: &str = "// expect:";

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

pub(crate) fn files(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "zmodel" || it == "prisma"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no cases in {name}");
    files
}

/// The text of a case without what it expects.
pub(crate) fn input(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    match text.find(MARK) {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// Runs `actual` on every case of a folder and compares with the block after the mark.
pub(crate) fn check_folder(name: &str, actual: impl Fn(&str, &str) -> String) {
    let mut failures = Vec::new();
    for path in files(name) {
        let text = fs::read_to_string(&path).unwrap();
        let input = input(&path);
        let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut got = format!("{MARK}\n");
        for line in actual(&file_name, &input).lines() {
            got.push_str(format!("// {line}").trim_end());
            got.push('\n');
        }
        let expected = &text[input.len()..];
        if expected == got {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, format!("{}\n\n{got}", input.trim_end())).unwrap();
        } else {
            failures.push(format!("== {file_name}\n-- expected\n{expected}\n-- got\n{got}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
