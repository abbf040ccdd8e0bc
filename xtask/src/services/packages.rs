//! Programs that the tests need: found on this machine, or installed from Debian's packages where we may.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{account, say};

/// One thing that must be there, and the Debian package that brings it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) program: &'static str,
    pub(super) package: &'static str,
    pub(super) is_there: fn(&str) -> bool,
}

impl Need {
    pub(super) const fn program(program: &'static str, package: &'static str) -> Self {
        Self { program, package, is_there: |program| find(program).is_some() }
    }
}

/// Clients and servers of some tests are scripts of Node.js.
const NODE: &[Need] = &[Need::program("node", "nodejs"), Need::program("npm", "npm")];

/// The generated client runs in a page too.
const BROWSER: &[Need] = &[Need { program: "chromium", package: "chromium", is_there: has_browser }];
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

fn has_browser(_: &str) -> bool {
    BROWSERS.iter().any(|name| find(name).is_some())
}

/// Where servers are that are no commands for everybody.
const SERVER_FOLDERS: &[&str] = &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// Debian would start the servers that it installs, on their usual ports, unless this policy refuses.
const INSTALL: &str = r#"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n# Only while cargo xtask installs packages.\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"
"#;

/// Installs what is missing, or says what that is.
pub(super) fn ensure() -> Result<()> {
    let needs = || super::KINDS.iter().flat_map(|kind| kind.needs).chain(NODE).chain(BROWSER);
    let missing = || needs().filter(|need| !(need.is_there)(need.program));
    let mut packages: Vec<&str> = missing().map(|need| need.package).collect();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !account::is_root() || find("apt-get").is_none() {
        bail!("{}", refusal(&programs(missing()), &list));
    }
    say(&format!("installing {list}"));
    let status = Command::new("sh")
        .args(["-c", INSTALL, "sh"])
        .args(&packages)
        .stdout(std::io::stderr())
        .status()
        .context("cannot start a shell")?;
    if !status.success() {
        bail!("apt-get cannot install {list} ({status}); {}", refusal(&programs(missing()), &list));
    }
    if let Some(need) = missing().next() {
        bail!("{} is not found, though the package {} is installed", need.program, need.package);
    }
    Ok(())
}

fn programs<'a>(needs: impl Iterator<Item = &'a Need>) -> String {
    needs.map(|need| need.program).collect::<Vec<_>>().join(", ")
}

fn refusal(programs: &str, packages: &str) -> String {
    format!(
        "the tests need {programs}: install it (on Debian, as root: apt-get install {packages}), \
         or leave the tests out that need a server with --embedded"
    )
}

/// A program of the search path, or of the folders where servers are.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(SERVER_FOLDERS.iter().map(PathBuf::from));
    folders.chain(postgres_folders()).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Debian's folders of PostgreSQL, the newest version first.
fn postgres_folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(POSTGRES_VERSIONS).into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.iter().map(|version| PathBuf::from(format!("{POSTGRES_VERSIONS}/{version}/bin"))).collect()
}

/// A program that `ensure` has seen.
pub(super) fn require(program: &str, package: &str) -> Result<PathBuf> {
    find(program).with_context(|| refusal(program, package))
}
