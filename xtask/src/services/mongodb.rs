//! A server that speaks MongoDB's protocol: `SecantusDB`, on the storage engine of MongoDB, from Python's registry.
//! It is a process beside the tests and no part of the product: its licence is not ours.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::packages::Need;
use super::server::{Kind, Place};
use super::{cache_folder, say};

const PACKAGE: &str = "SecantusDB==0.7.0b3";

/// What it is built for.
const IS_FIT: &str = "import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))";
const PYTHONS: &[&str] =
    &["python3", "/usr/bin/python3", "python3.13", "python3.12", "python3.11", "python3.10"];

pub(super) const KIND: Kind = Kind {
    name: "MongoDB",
    variable: "PURLIN_TEST_MONGODB",
    needs: &[Need {
        program: "Python 3.10 to 3.13 with venv",
        package: "python3-venv",
        is_there: |_| is_installed(&environment()) || python().is_some(),
    }],
    user: None,
    stop: Signal::KILL, // it takes seconds to end in order, and its data goes anyway
    prepare,
    command,
    is_ready,
    url: |port, _| format!("mongodb://127.0.0.1:{port}/"),
};

/// Installs it, once for all runs: its environment is kept.
pub(super) fn install() -> Result<()> {
    let environment = environment();
    let parent = cache_folder()?;
    // Two first runs at once want the same folder.
    let lock = File::create(parent.join("python.lock"))?;
    lock.lock()?;
    if is_installed(&environment) {
        return Ok(());
    }
    say(&format!("installing {PACKAGE}"));
    let python = python().context("there is no Python 3.10 to 3.13 with venv (package python3-venv)")?;
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&environment))?;
    let pip = environment.join("bin/pip");
    run(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]))?;
    Ok(fs::write(mark(&environment), PACKAGE)?)
}

fn run(command: &mut Command) -> Result<()> {
    let what = crate::process::describe(command);
    let status = command.stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("cannot start {what}"))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

fn environment() -> PathBuf {
    cache_folder().unwrap_or_default().join("secantusdb")
}

fn mark(environment: &Path) -> PathBuf {
    environment.join("installed")
}

/// The Python that it was made with may be gone.
fn is_installed(environment: &Path) -> bool {
    let is_whole = fs::read_to_string(mark(environment)).is_ok_and(|found| found == PACKAGE);
    is_whole && environment.join("bin/python").exists()
}

fn python() -> Option<&'static str> {
    let is_fit = |python: &&str| {
        let output = Command::new(python).args(["-c", IS_FIT]).output();
        output.is_ok_and(|output| output.status.success())
    };
    PYTHONS.iter().copied().find(is_fit)
}

fn prepare(place: &Place) -> Result<()> {
    // Settings of its user are not for it.
    Ok(fs::write(place.folder.join("empty.toml"), "")?)
}

fn command(place: &Place, port: u16) -> Result<Command> {
    let program = environment().join("bin/secantusd-py");
    if !program.is_file() {
        bail!("{PACKAGE} has no {}: remove the folder above it and try again", program.display());
    }
    let mut command = place.account.command(&program, &place.folder, "TERM");
    command.args(["--config", "empty.toml", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--storage-path", "data", "--cache-size", "256M", "--log-level", "WARNING"]);
    Ok(command)
}

/// Asks `hello`, as drivers do first.
fn is_ready(stream: &mut TcpStream) -> io::Result<bool> {
    const MESSAGE: u32 = 2013;
    let body = b"\0\0\0\0\0\x1f\0\0\0\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0";
    let length = u32::try_from(body.len() + 16).unwrap_or_default();
    let head: Vec<u8> = [length, 1, 0, MESSAGE].into_iter().flat_map(u32::to_le_bytes).collect();
    stream.write_all(&[head.as_slice(), body].concat())?;
    let mut answer = [0; 16];
    stream.read_exact(&mut answer)?;
    Ok(answer.ends_with(&MESSAGE.to_le_bytes()))
}
