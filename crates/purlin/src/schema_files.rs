//! Where an app keeps its schema: `schema.zmodel`, `schema.prisma` or the folder `schema/`.
//! Exactly one of them; two would be two truths.

use std::path::{Path, PathBuf};
use std::{fs, io};

use purlin_schema::SourceFile;

const PLACES: &[&str] = &["schema.zmodel", "schema.prisma", "schema"];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no schema in {}: create schema.zmodel or schema.prisma, or a folder schema/ with such files", .app.display())]
    Missing { app: PathBuf },
    #[error("{} has both {first} and {second}; keep one of them", .app.display())]
    Ambiguous { app: PathBuf, first: &'static str, second: &'static str },
    #[error(transparent)]
    Unreadable(#[from] purlin_schema::Error),
}

/// The file or folder that holds the schema of an app.
pub fn find(app: &Path) -> Result<PathBuf, Error> {
    let found: Vec<&'static str> = PLACES.iter().copied().filter(|place| app.join(place).exists()).collect();
    match found.as_slice() {
        [] => Err(Error::Missing { app: app.to_owned() }),
        [place] => Ok(app.join(place)),
        [first, second, ..] => Err(Error::Ambiguous { app: app.to_owned(), first, second }),
    }
}

/// The schema files of an app with all that they import.
pub fn load(app: &Path) -> Result<Vec<SourceFile>, Error> {
    Ok(purlin_schema::load(&find(app)?)?)
}

/// Written beside the file and renamed, so that a full disk cannot cost the schema.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Through a link the file that it names is replaced, not the link.
    let path = if path.exists() { fs::canonicalize(path)? } else { path.to_owned() };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.draft", std::process::id()));
    let draft = path.with_file_name(name);
    let written = fs::write(&draft, text)
        .and_then(|()| match fs::metadata(&path) {
            Ok(before) => fs::set_permissions(&draft, before.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::load;

    #[track_caller]
    fn check(files: &[(&str, &[u8])], expected: Result<&[&str], &str>) {
        let app = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = app.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        match (load(app.path()), expected) {
            (Ok(found), Ok(expected)) => {
                let ends = found.iter().zip(expected).all(|(file, end)| file.name.ends_with(end));
                assert!(ends && found.len() == expected.len(), "{found:?}");
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, _) => panic!("expected {expected:?}, found {found:?}"),
        }
    }

    #[test]
    fn one_place_only() {
        check(&[("schema.zmodel", b"")], Ok(&["schema.zmodel"]));
        check(&[("schema.prisma", b"")], Ok(&["schema.prisma"]));
        let two: &[(&str, &[u8])] =
            &[("schema/b.prisma", b""), ("schema/a.zmodel", b""), ("schema/c.md", b"")];
        check(two, Ok(&["schema/a.zmodel", "schema/b.prisma"]));
        check(&[], Err("there is no schema in"));
        check(&[("schema.zmodel", b""), ("schema/a.zmodel", b"")], Err("both schema.zmodel and schema;"));
        check(&[("schema/c.md", b"")], Err("holds no .zmodel or .prisma file"));
        check(&[("schema.zmodel", &[0xff, 0x00])], Err("is not text"));
    }
}
