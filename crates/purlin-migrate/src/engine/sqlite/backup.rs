//! A copy of a SQLite database, made by SQLite itself: consistent, compact, and never half a file
//! under the final name.

use std::path::Path;

use crate::connection::{Backup, DatabaseError, Failure, MigrationConnection};

/// For implementations of [`MigrationConnection::backup`] on SQLite. Writes
/// `{folder}/{file's name}-{label}.db`, with a number where that exists.
pub fn sqlite_backup(
    connection: &mut dyn MigrationConnection,
    folder: &Path,
    label: &str,
) -> Result<Backup, DatabaseError> {
    let rows = connection.query("SELECT file FROM pragma_database_list WHERE name = 'main'", &[])?;
    let file = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
    let Some(file) = file.filter(|file| !file.is_empty()) else { return Ok(Backup::Nothing) };
    let failed = |error: std::io::Error| DatabaseError {
        failure: Failure::Storage,
        message: format!("{}: {error}", folder.display()),
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let stem = Path::new(&file).file_stem().map_or_else(|| "database".into(), |stem| stem.to_string_lossy());
    let mut path = folder.join(format!("{stem}-{label}.db"));
    let mut number = 2_u32;
    while path.exists() {
        path = folder.join(format!("{stem}-{label}-{number}.db"));
        number += 1;
    }
    let partial = path.with_extension("db.partial");
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(failed)?;
    }
    let copied = connection.execute("VACUUM INTO ?1", &[&partial.to_string_lossy()]);
    let moved = copied.and_then(|()| std::fs::rename(&partial, &path).map_err(failed));
    if moved.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    moved.map(|()| Backup::Written(path))
}
