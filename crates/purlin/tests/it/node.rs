//! Scripts of Node.js, for clients and servers that only exist there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder `tests/NAME` with its packages, as its lock file names them: installed once, outside the
/// repository.
#[track_caller]
pub(crate) fn installed(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&target).unwrap();
    // Tests of several processes want the same folder.
    let lock = File::create(target.join(".lock")).unwrap();
    lock.lock().unwrap();
    for entry in fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
    }
    let wanted = fs::read_to_string(source.join("package-lock.json")).unwrap();
    let mark = target.join(".installed");
    if fs::read_to_string(&mark).ok().as_deref() != Some(&wanted) {
        let ran = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&target)
            .output()
            .unwrap_or_else(|error| panic!("this test needs Node.js with npm: {error}"));
        assert!(ran.status.success(), "npm ci: {}", String::from_utf8_lossy(&ran.stderr));
        fs::write(mark, wanted).unwrap();
    }
    target
}
