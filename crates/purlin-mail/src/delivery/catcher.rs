//! For development: letters become `.eml` files, and the link or code in them a line in the log.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use purlin_core::store::BoxFuture;

use super::refusal::{Delivery, Refusal, RefusalKind};
use crate::error::Error;
use crate::letter::Letter;

#[derive(Debug)]
pub struct Catcher {
    folder: PathBuf,
}

impl Catcher {
    /// Makes the folder.
    pub fn new(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::Folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Written beside its place and renamed: whoever watches the folder never reads half a letter. The
    /// letter may let somebody sign in, so it is its owner's alone.
    fn write(&self, letter: &Letter) -> io::Result<PathBuf> {
        let path = self.folder.join(format!("{}-{}.eml", letter.id, letter.template));
        let draft = path.with_extension("draft");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&draft)?.write_all(&letter.message.formatted())?;
        fs::rename(&draft, &path)?;
        Ok(path)
    }
}

impl Delivery for Catcher {
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move {
            match self.write(letter) {
                Ok(path) => {
                    let (template, to) = (letter.template.as_str(), letter.recipient.as_str());
                    let essence = letter.essence.as_deref().unwrap_or("nothing to follow");
                    let path = path.display();
                    tracing::info!("mail {template} for {to}: {essence} (caught in {path})");
                    Ok(())
                }
                Err(error) => {
                    let text = format!("{}: {error}", self.folder.display());
                    Err(Refusal::new(RefusalKind::Server, &text))
                }
            }
        })
    }
}
