//! Writing a migration: the folder appears under its name when all files are in it.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::{Migration, Snapshot};
use crate::error::Error;

pub(crate) fn write(folder: &Path, migration: &Migration) -> Result<(), Error> {
    let path = migration.path.clone();
    let draft = folder.join(format!(".{}.draft", migration.id));
    let failed = |source| Error::Io { action: "write", path: path.clone(), source };
    let files = [
        ("up.sql", migration.up.clone()),
        ("down.sql", migration.down.clone().unwrap_or_default()),
        ("snapshot.json", pretty(&path, &migration.snapshot)?),
        ("plan.json", pretty(&path, &migration.plan)?),
    ];
    fs::create_dir_all(&draft).map_err(failed)?;
    let written = files
        .iter()
        .try_for_each(|(name, text)| fs::write(draft.join(name), text))
        .and_then(|()| fs::rename(&draft, &path));
    if let Err(error) = written {
        let _ = fs::remove_dir_all(&draft);
        return Err(failed(error));
    }
    Ok(())
}

/// Takes back a migration that was written and could not be applied.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_dir_all(path).map_err(|source| Error::Io { action: "remove", path: path.to_owned(), source })
}

/// Puts folders out of the way, and takes them away for good when `work` has done without them.
pub(crate) fn without<T>(paths: &[&Path], work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let aside = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        path.with_file_name(format!(".{name}.old"))
    };
    let moved = |from: &Path, to: &Path| {
        let failed = |source| Error::Io { action: "move", path: from.to_owned(), source };
        if to.exists() {
            fs::remove_dir_all(to).map_err(failed)?;
        }
        fs::rename(from, to).map_err(failed)
    };
    let result = paths.iter().try_for_each(|path| moved(path, &aside(path))).and_then(|()| work());
    for path in paths.iter().filter(|path| aside(path).exists()) {
        match result {
            Ok(_) => remove(&aside(path))?,
            Err(_) => moved(&aside(path), path)?,
        }
    }
    result
}

/// Only where a migration continues another than before.
pub(crate) fn write_snapshot(path: &Path, snapshot: &Snapshot) -> Result<(), Error> {
    let file = path.join("snapshot.json");
    let text = pretty(path, snapshot)?;
    fs::write(&file, text).map_err(|source| Error::Io { action: "write", path: file, source })
}

fn pretty(path: &Path, value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Malformed {
        path: path.to_owned(),
        reason: format!("it cannot be written as JSON: {error}"),
    })?;
    Ok(text + "\n")
}
