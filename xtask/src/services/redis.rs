//! Redis: in memory alone, with a password.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::Command;

use anyhow::Result;
use rustix::process::Signal;

use super::packages::{self, Need};
use super::server::{Kind, Place};

const PROGRAM: &str = "redis-server";

pub(super) const KIND: Kind = Kind {
    name: "Redis",
    variable: "PURLIN_TEST_REDIS",
    needs: &[Need::program(PROGRAM, PROGRAM)],
    user: None,
    stop: Signal::TERM,
    prepare,
    command,
    is_ready,
    url: |port, password| format!("redis://default:{password}@127.0.0.1:{port}/0"),
};

/// In a file, because every user of the machine can read arguments.
fn prepare(place: &Place) -> Result<()> {
    let settings = "bind 127.0.0.1\nsave \"\"\nappendonly no\nrequirepass ";
    fs::write(place.folder.join("redis.conf"), format!("{settings}{}\n", place.password))?;
    Ok(())
}

fn command(place: &Place, port: u16) -> Result<Command> {
    let program = packages::require(PROGRAM, PROGRAM)?;
    let mut command = place.account.command(&program, &place.folder, "TERM");
    command.args(["redis.conf", "--port", &port.to_string()]);
    Ok(command)
}

fn is_ready(stream: &mut TcpStream) -> io::Result<bool> {
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"-NOAUTH" || answer.starts_with(b"+PONG"))
}
