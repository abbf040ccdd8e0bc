//! MariaDB: a data folder of its own, and an administrator with a password over TCP.

use std::fs;
use std::io::{self, Read};
use std::net::TcpStream;
use std::process::Command;

use anyhow::Result;
use rustix::process::Signal;

use super::packages::{self, Need};
use super::server::{Kind, Place};

const PACKAGE: &str = "mariadb-server";

pub(super) const KIND: Kind = Kind {
    name: "MariaDB",
    variable: "PURLIN_TEST_MYSQL",
    needs: &[Need::program("mariadb-install-db", PACKAGE), Need::program("mariadbd", PACKAGE)],
    user: Some("mysql"),
    stop: Signal::TERM,
    prepare,
    command,
    is_ready,
    url: |port, password| format!("mysql://root:{password}@127.0.0.1:{port}"),
};

const SETTINGS: &[&str] = &[
    "--bind-address=127.0.0.1",
    "--socket=socket", // relative to the data: a path of a socket may not be long
    "--pid-file=pid",
    "--skip-name-resolve",
    "--max-connections=500",
    "--innodb-log-file-size=16M",
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-fast-shutdown=2",
];

fn prepare(place: &Place) -> Result<()> {
    let user = "'root'@'127.0.0.1'";
    let password = &place.password;
    let statements = format!(
        "CREATE OR REPLACE USER {user} IDENTIFIED BY '{password}';\n\
         GRANT ALL PRIVILEGES ON *.* TO {user} WITH GRANT OPTION;\n"
    );
    fs::write(place.folder.join("start.sql"), statements)?;
    let program = packages::require("mariadb-install-db", PACKAGE)?;
    let args = ["--no-defaults", &data(place), "--auth-root-authentication-method=normal", "--skip-test-db"];
    let sizes = ["--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0"];
    place.run(&program, &[args.as_slice(), &sizes].concat())
}

fn command(place: &Place, port: u16) -> Result<Command> {
    let program = packages::require("mariadbd", PACKAGE)?;
    let mut command = place.account.command(&program, &place.folder, "TERM");
    command.arg("--no-defaults").arg(data(place)).args(SETTINGS).arg(format!("--port={port}"));
    command.arg(format!("--init-file={}", place.folder.join("start.sql").display()));
    Ok(command)
}

fn data(place: &Place) -> String {
    format!("--datadir={}", place.folder.join("data").display())
}

/// It speaks first: a greeting of the protocol's version 10, after its file of statements is done.
fn is_ready(stream: &mut TcpStream) -> io::Result<bool> {
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    Ok(matches!(head, [.., 0, 10]))
}
