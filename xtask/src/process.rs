//! Runs another program in the repository's root and fails when it fails.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The repository's root: the parent of this crate's folder. As cargo names it now: a kept build may be of another
/// clone that is gone.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// The cargo that runs us, so that `cargo +toolchain xtask` stays on one toolchain.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// A cargo that is interrupted, as by Ctrl-C, when we are ended while it runs. For the main thread alone: the end
/// of the thread that starts it counts.
pub(crate) fn cargo_ended_with_us() -> Command {
    let has_setpriv =
        Command::new("setpriv").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_setpriv {
        return cargo();
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig=INT", "--"]).arg(cargo().get_program()).current_dir(root());
    command
}

pub(crate) fn run(mut command: Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(&command));
    }
    Ok(())
}

/// Whether `cargo NAME` exists on this machine.
pub(crate) fn has_cargo_command(name: &str) -> bool {
    cargo().args([name, "--version"]).output().is_ok_and(|output| output.status.success())
}

pub(crate) fn describe(command: &Command) -> String {
    let mut text = command.get_program().display().to_string();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
