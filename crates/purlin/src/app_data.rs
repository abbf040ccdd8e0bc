//! `.purlin/` in the app folder: what this machine keeps for the app, out of version control.
//! Its secrets are made here once and can be read by their owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::Secret;

const FOLDER: &str = ".purlin";
const SECRET_BYTES: usize = 32;

/// The folder, which exists and ignores itself in version control.
#[derive(Clone, Debug)]
pub struct AppData {
    folder: PathBuf,
}

impl AppData {
    /// Opens the folder of an app, and makes it where it is missing.
    pub fn open(app: &Path) -> io::Result<Self> {
        let folder = app.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        Ok(Self { folder })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The secret of that name: 32 random bytes in hexadecimal, made at the first call.
    pub fn secret(&self, name: &str) -> io::Result<Secret> {
        let path = self.path(name);
        if !path.exists() {
            self.write_secret(&path)?;
        }
        restrict_to_owner(&path)?;
        let text = fs::read_to_string(&path)?;
        let is_whole = text.len() == 2 * SECRET_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_whole {
            return Ok(Secret::new(text));
        }
        let message = format!("{} is damaged; delete it and a new one is made", path.display());
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// Written beside its place and renamed, so that nobody ever reads half of it.
    fn write_secret(&self, path: &Path) -> io::Result<()> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let text = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let draft = self.folder.join(format!("secret-{}.draft", std::process::id()));
        let mut file = create_private(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn restrict_to_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// Elsewhere a file inherits the rights of the user's folder.
#[cfg(not(unix))]
fn restrict_to_owner(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_is_private() {
        let app = tempfile::tempdir().unwrap();
        let data = AppData::open(app.path()).unwrap();
        let first = data.secret("jwt-secret").unwrap();
        let second = AppData::open(app.path()).unwrap().secret("jwt-secret").unwrap();
        assert_eq!(first.expose().len(), 64);
        assert_eq!(first, second);
        assert_ne!(first, data.secret("another").unwrap());
        assert_eq!(fs::read_to_string(data.path(".gitignore")).unwrap(), "*\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.path("jwt-secret")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_secret_is_refused() {
        let app = tempfile::tempdir().unwrap();
        let data = AppData::open(app.path()).unwrap();
        fs::write(data.path("jwt-secret"), "short").unwrap();
        let error = data.secret("jwt-secret").unwrap_err();
        assert!(error.to_string().contains("delete it"), "{error}");
    }
}
