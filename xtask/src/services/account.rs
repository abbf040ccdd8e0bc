//! Whose process a server is: ours, or, where we are root, that of a user of its own, because
//! PostgreSQL refuses root. Either way it is told to stop when its parent is gone.

use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::packages;

#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    /// User and group, where it is not us.
    ids: Option<(u32, u32)>,
}

impl Account {
    pub(super) const OURS: Self = Self { ids: None };

    /// The named user if we are root, otherwise ourselves.
    pub(super) fn named(user: &str) -> Result<Self> {
        if !is_root() {
            return Ok(Self::OURS);
        }
        let ids = ids(user).or_else(|| ids("nobody"));
        let ids = ids.with_context(|| format!("there is neither a user {user} nor a user nobody"))?;
        Ok(Self { ids: Some(ids) })
    }

    /// A new folder that nobody else can enter.
    pub(super) fn create_folder(self, path: &Path) -> Result<()> {
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        match self.ids {
            Some((user, group)) => chown(path, Some(user), Some(group))
                .with_context(|| format!("cannot give {} to its user", path.display())),
            None => Ok(()),
        }
    }

    /// The program as this user, in a folder that it may enter.
    /// `at_parents_end` is the signal that it gets when the thread that starts it ends.
    pub(super) fn command(self, program: &Path, folder: &Path, at_parents_end: &str) -> Command {
        let mut command = match packages::find("setpriv") {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                if let Some((user, group)) = self.ids {
                    command
                        .arg(format!("--reuid={user}"))
                        .arg(format!("--regid={group}"))
                        .arg("--init-groups");
                }
                command.arg(format!("--pdeathsig={at_parents_end}")).arg("--").arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(folder);
        command
    }
}

pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn ids(user: &str) -> Option<(u32, u32)> {
    let number = |flag: &str| {
        let output = Command::new("id").args([flag, user]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    Some((number("-u")?, number("-g")?))
}
