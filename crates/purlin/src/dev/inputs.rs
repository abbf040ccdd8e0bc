//! The files that an app is made from, as they are right now: two readings that are equal need no reload.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use purlin_schema::SourceFile;

use crate::schema_files;
use crate::wire;

/// Beside the schema: read by the configuration, in the app folder.
const SETTINGS: &[&str] = &["purlin.toml", ".env"];

#[derive(Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Why they cannot be read is a state like any other: it may change.
    schema: Result<Vec<SourceFile>, String>,
    settings: Vec<Option<Vec<u8>>>,
    /// The files of `mails/` and the folders in it.
    mails: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Inputs {
    pub fn read(app: &Path) -> Self {
        Self {
            schema: schema_files::load(app).map_err(|error| error.to_string()),
            settings: SETTINGS.iter().map(|name| fs::read(app.join(name)).ok()).collect(),
            mails: wire::mail_files(app)
                .into_iter()
                .map(|path| (path.clone(), fs::read(path).ok()))
                .collect(),
        }
    }

    /// Every reading is another one from now on; the folders are still known.
    pub fn forget(&mut self) {
        self.settings.clear();
    }

    /// Where changes are to be expected. Folders, since editors replace files rather than write them.
    pub fn folders(&self, app: &Path) -> BTreeSet<PathBuf> {
        let files = self.schema.iter().flatten();
        let of_files = files.filter_map(|file| Path::new(&file.name).parent());
        let mut folders: BTreeSet<PathBuf> = of_files.map(existing).collect();
        folders.insert(existing(app));
        let places = ["schema", "mails"].map(|place| app.join(place));
        folders.extend(places.into_iter().filter(|place| place.is_dir()));
        folders.extend(self.mails.iter().filter_map(|(path, _)| path.parent()).map(existing));
        folders
    }

    /// Whether a change of this file may matter.
    pub fn concern(path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy());
        let is_schema = path.extension().is_some_and(|end| end == "zmodel" || end == "prisma");
        let is_mail = path.extension().is_some_and(|end| end == "subject" || end == "txt" || end == "html");
        is_schema
            || is_mail
            || name
                .is_some_and(|name| name == "schema" || name == "mails" || SETTINGS.contains(&name.as_ref()))
    }
}

/// The parent of a bare file name is the empty path, which is no folder to watch.
fn existing(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_changes_with_what_it_was_made_from() {
        let app = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = app.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let missing = Inputs::read(app.path());
        write("schema/a.zmodel", "import './more/b'\n");
        let first = Inputs::read(app.path());
        assert_ne!(missing, first);
        for (name, text) in [
            ("schema/more/b.zmodel", "// b"),
            ("mails/de/verify-email.txt", "x"),
            ("purlin.toml", "[api]"),
            (".env", "A=1"),
        ] {
            let before = Inputs::read(app.path());
            write("notes.txt", name);
            assert_eq!(before, Inputs::read(app.path()));
            write(name, text);
            assert_ne!(before, Inputs::read(app.path()), "{name}");
            assert!(Inputs::concern(&app.path().join(name)), "{name}");
        }
        assert!(!Inputs::concern(Path::new(".purlin/db.db-wal")));
        let folders = Inputs::read(app.path()).folders(app.path());
        let expected = ["", "mails", "mails/de", "schema", "schema/more"].map(|name| app.path().join(name));
        let names: Vec<_> = folders.iter().map(|folder| folder.join("")).collect();
        assert_eq!(names, expected.map(|folder| folder.join("")));
    }
}
