//! `cargo xtask services`: the private database servers of the tests, also for a test runner of one's own.
//! A process of its own owns them, so that they end with whoever started them, however that one ends.

mod account;
mod background;
mod folder;
mod mariadb;
mod mongodb;
mod packages;
mod postgres;
mod redis;
mod server;
mod session;
mod supervisor;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub(crate) use session::Session;

use server::Kind;

const KINDS: &[Kind] = &[postgres::KIND, mariadb::KIND, mongodb::KIND, redis::KIND];

pub(crate) fn run(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => background::start(),
        ["stop"] => background::stop(),
        [supervisor::COMMAND] => supervisor::run(supervisor::Until::InputEnds),
        [supervisor::COMMAND, background::COMMAND] => background::supervise(),
        _ => bail!("use: eval \"$(cargo xtask services)\", or cargo xtask services stop"),
    }
}

/// What is kept between runs.
fn cache_folder() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let folder = base.unwrap_or_else(std::env::temp_dir).join("purlin");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// On standard error: what `services` prints is for a shell.
fn say(text: &str) {
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stderr(), "{text}");
}
