//! `cargo xtask new-crate NAME "SENTENCE"`: a crate of the usual shape.
//! It writes files only; the two lines that place the crate are left to the author's judgement.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let [name, sentence] = args else {
        bail!("use: cargo xtask new-crate NAME \"SENTENCE\"");
    };
    let is_valid = name.starts_with("purlin-")
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_valid {
        bail!("a crate's name starts with `purlin-` and holds a-z, 0-9 and `-`, but got `{name}`");
    }
    let folder = process::root().join("crates").join(name);
    if folder.exists() {
        bail!("crates/{name} exists already");
    }
    for (path, text) in files(name, sentence) {
        write(&folder.join(path), &text)?;
    }
    println!("crates/{name} is written. Next:");
    println!("  1. add `{name} = {{ path = \"crates/{name}\" }}` to [workspace.dependencies] in Cargo.toml");
    println!("  2. say in xtask/src/tidy/arrows.rs which crates it may use");
    println!("  3. add it to the code map of ARCHITECTURE.md");
    Ok(())
}

fn files(name: &str, sentence: &str) -> [(&'static str, String); 5] {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\
         rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n\n\
         [lib]\ndoctest = false\n\n[dependencies]\nthiserror.workspace = true\n\n[lints]\nworkspace = true\n"
    );
    let error = "//! Everything that can go wrong in this crate, named by outcome.\n\n\
         #[derive(Debug, thiserror::Error)]\npub enum Error {}\n\n\
         pub type Result<T> = std::result::Result<T, Error>;\n";
    [
        ("Cargo.toml", manifest),
        ("README.md", format!("# {name}\n\n{sentence}\n\n## Invariants\n\n## Main types\n")),
        ("src/lib.rs", format!("//! {sentence}\n\nmod error;\n\npub use error::{{Error, Result}};\n")),
        ("src/error.rs", error.to_owned()),
        (
            "tests/it/main.rs",
            format!("//! Integration tests of `{name}`, one module per subject.\n#![cfg(test)]\n"),
        ),
    ]
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
