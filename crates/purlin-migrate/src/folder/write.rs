//! Writing a migration: the folder appears under its name when all files are in it.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::Migration;
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

fn pretty(path: &Path, value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Malformed {
        path: path.to_owned(),
        reason: format!("it cannot be written as JSON: {error}"),
    })?;
    Ok(text + "\n")
}
