//! Reading a history from its folder: whole, in order, one chain, for one engine.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::name::is_id;
use super::{PlanFile, Snapshot, VERSION};
use crate::dialect::MigrationDialect;
use crate::error::Error;
use crate::script::checksum;

#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    pub id: String,
    pub path: PathBuf,
    pub up: String,
    /// Of `up.sql`, without comments and spacing.
    pub checksum: String,
    /// `None` where somebody took the file away: there is no way back.
    pub down: Option<String>,
    pub snapshot: Snapshot,
    pub plan: PlanFile,
}

impl Migration {
    /// A person has changed the generated statements.
    pub fn is_edited_by_hand(&self) -> bool {
        self.plan.checksum != self.checksum
    }

    /// The same of the statements back.
    pub(crate) fn is_way_back_edited(&self) -> bool {
        self.down.as_ref().is_some_and(|down| checksum(down) != self.plan.down_checksum)
    }
}

/// All migrations in order; none where the folder does not exist.
pub(crate) fn load(
    datasource: &str,
    folder: &Path,
    dialect: MigrationDialect,
) -> Result<Vec<Migration>, Error> {
    let migrations = load_loose(folder)?;
    check_chain(datasource, &migrations, dialect)?;
    Ok(migrations)
}

/// Whether or not they are one chain.
pub(crate) fn load_loose(folder: &Path) -> Result<Vec<Migration>, Error> {
    let mut ids = Vec::new();
    let unreadable = |source| Error::Io { action: "read", path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        if let Some(name) = entry.file_name().to_str().filter(|name| is_id(name))
            && entry.path().is_dir()
        {
            ids.push(name.to_owned());
        }
    }
    ids.sort();
    ids.into_iter().map(|id| read(folder, id)).collect()
}

fn read(folder: &Path, id: String) -> Result<Migration, Error> {
    let path = folder.join(&id);
    let up = read_text(&path.join("up.sql"))?;
    let snapshot: Snapshot = read_json(&path.join("snapshot.json"))?;
    let plan: PlanFile = read_json(&path.join("plan.json"))?;
    let malformed = |reason: String| Error::Malformed { path: path.join("snapshot.json"), reason };
    if snapshot.version > VERSION || plan.version > VERSION {
        return Err(malformed("it was written by a newer version of Purlin; update this one".to_owned()));
    }
    if snapshot.id != id {
        return Err(malformed(format!("it belongs to {}, but stands in {id}", snapshot.id)));
    }
    if !snapshot.is_intact() {
        return Err(malformed("it was changed: its content does not fit its hash".to_owned()));
    }
    let down = path.join("down.sql");
    let down = if down.exists() { Some(read_text(&down)?) } else { None };
    Ok(Migration { checksum: checksum(&up), id, path, up, down, snapshot, plan })
}

fn check_chain(datasource: &str, migrations: &[Migration], dialect: MigrationDialect) -> Result<(), Error> {
    let mut last: Option<&Migration> = None;
    for migration in migrations {
        if migration.snapshot.dialect != dialect {
            return Err(Error::OtherDialect {
                datasource: datasource.to_owned(),
                found: migration.snapshot.dialect.as_str().to_owned(),
                expected: dialect.as_str().to_owned(),
            });
        }
        let parent = migration.snapshot.parent.as_ref();
        let expected = last.map(|last| last.snapshot.as_parent());
        if parent != expected.as_ref() {
            let twin = migrations
                .iter()
                .find(|other| other.id != migration.id && other.snapshot.parent.as_ref() == parent);
            return Err(match (twin, parent) {
                (Some(twin), _) => Error::Forked {
                    datasource: datasource.to_owned(),
                    first: twin.id.clone().min(migration.id.clone()),
                    second: twin.id.clone().max(migration.id.clone()),
                    parent: parent.map(|parent| parent.id.clone()),
                },
                (None, parent) => Error::Malformed {
                    path: migration.path.join("snapshot.json"),
                    reason: format!(
                        "it continues {}, but what stands before it is {}",
                        parent.map_or("the empty database", |parent| &parent.id),
                        last.map_or("the empty database", |last| &last.id)
                    ),
                },
            });
        }
        last = Some(migration);
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::Malformed { path: path.to_owned(), reason: "the file is missing".to_owned() }
        }
        std::io::ErrorKind::InvalidData => {
            Error::Malformed { path: path.to_owned(), reason: "it is not UTF-8 text".to_owned() }
        }
        _ => Error::Io { action: "read", path: path.to_owned(), source },
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = read_text(path)?;
    serde_json::from_str(&text).map_err(|error| Error::Malformed {
        path: path.to_owned(),
        reason: format!("it is not what Purlin wrote: {error}"),
    })
}
