//! A folder with a client, checked and turned into JavaScript by TypeScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node;
use crate::program::run;

pub(super) struct Project {
    folder: tempfile::TempDir,
    tools: PathBuf,
}

impl Project {
    pub(super) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), tools: node::installed("client") };
        for name in ["package.json", "tsconfig.json"] {
            project.take(name);
        }
        project
    }

    /// With the client of an app.
    #[track_caller]
    pub(super) fn of(app: &Path) -> Self {
        let project = Self::new();
        let ran = run(app, &["generate", "client", "--out", project.path().to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{ran:?}");
        project
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of `tests/client`.
    pub(super) fn take(&self, name: &str) {
        fs::copy(self.tools.join(name), self.path().join(name)).unwrap();
    }

    /// Everything must be right, to the strictest settings.
    #[track_caller]
    pub(super) fn compile(&self) {
        let tsc = self.tools.join("node_modules/typescript/bin/tsc");
        let ran = Command::new("node")
            .arg(tsc)
            .args(["--pretty", "false", "-p", "."])
            .current_dir(self.path())
            .output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    }

    /// Runs a script of `tests/client`, which says of itself that all is fine.
    #[track_caller]
    pub(super) fn node(&self, script: &str, arguments: &[&str]) {
        self.take(script);
        let ran = Command::new("node").arg(script).args(arguments).current_dir(self.path()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
        assert!(said.contains(": fine"), "{said}");
    }
}
