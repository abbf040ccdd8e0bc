//! Reads schema files from the disk: one file, every schema file of a folder, and what
//! they import. The only I/O of this crate. A missing import is not an error here: the
//! checker reports it where it is written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::error::Error;
use crate::parser::parse_document;
use crate::source::{FileId, SourceFile};

const MAX_BYTES: u64 = 16 << 20;

/// Reads a schema file or folder with all its imports, the given files first.
pub fn load(path: &Path) -> Result<Vec<SourceFile>, Error> {
    let mut waiting = roots(path)?;
    waiting.reverse();
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    let mut is_root = waiting.len();
    while let Some(next) = waiting.pop() {
        let must_exist = is_root > 0;
        is_root = is_root.saturating_sub(1);
        let name = name_of(&next);
        if !seen.insert(name.clone()) || !must_exist && !next.is_file() {
            continue;
        }
        let text = read(&next)?;
        let (document, _) = parse_document(FileId::default(), &text);
        let imports = document.imports.iter().map(|import| resolve_import(&name, &import.path));
        // Below the roots that still wait, so that these keep their places in front.
        for import in imports {
            waiting.insert(0, PathBuf::from(import));
        }
        files.push(SourceFile::new(name, text));
    }
    Ok(files)
}

/// The name of the file that an import means, seen from the importing file. A path that
/// does not start with `./` may also be a package, if there is no such file.
pub fn resolve_import(importer: &str, path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let folder = importer.rsplit_once('/').map_or("", |(folder, _)| folder);
    let joined = if is_absolute {
        path.to_owned()
    } else if importer.starts_with('/') && folder.is_empty() {
        format!("/{path}")
    } else if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let has_extension = [".zmodel", ".prisma"].iter().any(|end| joined.ends_with(end));
    let joined = if has_extension { joined } else { format!("{joined}.zmodel") };
    normalize(&joined)
}

/// Resolves `.` and `..` in the text of a path, without asking the disk.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

fn name_of(path: &Path) -> String {
    normalize(&path.to_string_lossy().replace('\\', "/"))
}

fn roots(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(io_error)? {
        let file = entry.map_err(io_error)?.path();
        let is_schema =
            file.extension().is_some_and(|extension| extension == "zmodel" || extension == "prisma");
        if is_schema && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::EmptyFolder { path: path.to_owned() });
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, Error> {
    let path = path.to_owned();
    let size = match fs::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NotFound { path });
        }
        Err(source) => return Err(Error::Io { path, source }),
    };
    if size > MAX_BYTES {
        let megabytes = size >> 20;
        return Err(Error::TooLarge { path, megabytes });
    }
    match fs::read(&path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| Error::NotText { path }),
        Err(source) => Err(Error::Io { path, source }),
    }
}
