//! App folders for tests, gone when the test ends.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Ran, run};

pub(crate) struct App {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl App {
    /// What `purlin new demo` writes.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ran = run(folder.path(), &["new", "demo"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let path = folder.path().join("demo");
        Self { _folder: folder, path }
    }

    pub(crate) fn with_schema(schema: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = Self { path: folder.path().to_owned(), _folder: folder };
        app.write("schema.zmodel", schema);
        app
    }

    /// The files of another folder, without what a run leaves there, in one of the same name.
    pub(crate) fn copy_of(source: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(source.canonicalize().unwrap().file_name().unwrap());
        fs::create_dir(&path).unwrap();
        copy(source, &path);
        Self { path, _folder: folder }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path.join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).unwrap()
    }

    /// Replaces a part of the schema, which must be there.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let schema = self.read("schema.zmodel");
        assert!(schema.contains(from), "{from} is not in the schema");
        self.write("schema.zmodel", &schema.replacen(from, to, 1));
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str], code: i32) -> Ran {
        let ran = run(&self.path, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        ran
    }

    /// The one document that `--json` answers.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> serde_json::Value {
        let ran = self.run(&[arguments, &["--json"]].concat(), code);
        serde_json::from_str(&ran.stdout).unwrap()
    }
}

fn copy(source: &Path, target: &Path) {
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let (name, is_file) = (entry.file_name(), entry.file_type().unwrap().is_file());
        if is_file && name != ".env" {
            fs::copy(entry.path(), target.join(name)).unwrap();
        } else if name == "mails" {
            fs::create_dir(target.join(&name)).unwrap();
            copy(&entry.path(), &target.join(name));
        }
    }
}
