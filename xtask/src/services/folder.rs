//! The folder of one run: new, in the temporary folder, and gone with the run.
//! What a run left that was killed, the next one removes: nobody holds its lock any more.

use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use super::account;

const PREFIX: &str = "purlin-services-";
const LOCK: &str = "lock";

/// A younger folder may be of a run that has not locked it yet.
const OLD: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as the run lives.
    _lock: File,
}

impl Folder {
    pub(super) fn create() -> Result<Self> {
        let base = base();
        remove_abandoned(&base);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let path = base.join(format!("{PREFIX}{now:x}-{}", std::process::id()));
        // Others pass through it to the folders of their own.
        let created = fs::DirBuilder::new().mode(0o711).create(&path);
        created.with_context(|| format!("cannot create {}", path.display()))?;
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The next run removes what is left.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The temporary folder, unless a server's user could not enter it.
fn base() -> PathBuf {
    let folder = std::env::temp_dir();
    if account::is_root() && !folder.ancestors().all(is_open) { PathBuf::from("/tmp") } else { folder }
}

fn is_open(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 != 0)
}

fn remove_abandoned(base: &Path) {
    let Ok(entries) = base.read_dir() else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_ours && is_abandoned(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(folder: &Path) -> bool {
    let created = fs::metadata(folder).and_then(|found| found.modified());
    let is_old = created.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > OLD));
    is_old && File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lives_as_long_as_its_run() {
        let folder = Folder::create().unwrap();
        let path = folder.path().to_owned();
        let old = SystemTime::now() - OLD * 2;
        File::open(&path).unwrap().set_modified(old).unwrap();
        assert!(!is_abandoned(&path), "its lock is held");
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_without_its_run_is_abandoned_when_old() {
        let path = base().join(format!("{PREFIX}test-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        File::create(path.join(LOCK)).unwrap();
        assert!(!is_abandoned(&path), "it is new");
        File::open(&path).unwrap().set_modified(SystemTime::now() - OLD * 2).unwrap();
        assert!(is_abandoned(&path));
        remove_abandoned(&base());
        assert!(!path.exists());
    }
}
