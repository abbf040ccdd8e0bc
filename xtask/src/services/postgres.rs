//! PostgreSQL: a cluster of its own, with passwords, and nothing written through to the disk.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use rustix::process::Signal;

use super::packages::{self, Need};
use super::server::{Kind, Place};

const PACKAGE: &str = "postgresql";

pub(super) const KIND: Kind = Kind {
    name: "PostgreSQL",
    variable: "PURLIN_TEST_POSTGRES",
    needs: &[Need::program("initdb", PACKAGE), Need::program("postgres", PACKAGE)],
    user: Some("postgres"),
    stop: Signal::QUIT, // at once, without a checkpoint
    prepare,
    command,
    is_ready,
    url: |port, password| format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres"),
};

/// No data outlives a run, so none must reach the disk; many tests hold connections at once.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
];

fn prepare(place: &Place) -> Result<()> {
    fs::write(place.folder.join("password"), &place.password)?;
    let locale = if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--locale=C" };
    let args = ["--pgdata=data", "--auth=scram-sha-256", "--pwfile=password"];
    let more = ["--username=postgres", "--encoding=UTF8", "--no-sync", locale];
    place.run(&initdb()?, &[args.as_slice(), &more].concat())
}

fn command(place: &Place, port: u16) -> Result<Command> {
    // Both programs of one version, also where several are installed.
    let beside = initdb()?.with_file_name("postgres");
    let program = if beside.is_file() { beside } else { packages::require("postgres", PACKAGE)? };
    let mut command = place.account.command(&program, &place.folder, "QUIT");
    command.args(["-D", "data", "-p", &port.to_string()]);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    Ok(command)
}

fn initdb() -> Result<PathBuf> {
    Ok(packages::require("initdb", PACKAGE)?.canonicalize()?)
}

/// It asks for a password only when it takes connections; before that it answers with an error.
fn is_ready(stream: &mut TcpStream) -> io::Result<bool> {
    let parameters = b"\0\x03\0\0user\0postgres\0\0";
    let length = u32::try_from(parameters.len() + 4).unwrap_or_default();
    stream.write_all(&[length.to_be_bytes().as_slice(), parameters].concat())?;
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    Ok(kind == *b"R")
}
