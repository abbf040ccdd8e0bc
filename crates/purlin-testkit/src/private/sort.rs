//! The sorts of servers: how each is installed into a folder, and run from it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::program;

/// Commands run in the server's folder.
#[derive(Debug)]
pub struct Sort {
    pub(super) name: &'static str,
    /// Whose process it must be where we are root.
    pub(super) user: Option<&'static str>,
    pub(super) install: fn(&Path) -> Vec<Command>,
    pub(super) command: fn(&Path, u16) -> Command,
    /// Whether it takes work, of a connection that it took.
    pub(super) is_ready: fn(TcpStream) -> bool,
    pub(super) url: fn(u16) -> String,
}

/// Its user is `root`, without a password.
pub const MARIADB: Sort = Sort {
    name: "MariaDB",
    user: None,
    install: |folder| {
        let mut install = Command::new(program("mariadb-install-db", "mariadb-server"));
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        install.arg(data(folder)).args(as_root(folder));
        vec![install]
    },
    command: |folder, port| {
        let mut server = Command::new(program("mariadbd", "mariadb-server"));
        server.arg("--no-defaults").arg(data(folder)).args(as_root(folder)).args([
            "--bind-address=127.0.0.1",
            "--socket=socket",
            "--pid-file=pid",
            "--skip-name-resolve",
            "--innodb-log-file-size=16M",
            "--innodb-buffer-pool-size=32M",
            &format!("--port={port}"),
        ]);
        server
    },
    is_ready: |_| true,
    url: |port| format!("mysql://root@127.0.0.1:{port}"),
};

/// Its user is `postgres`, without a password.
pub const POSTGRES: Sort = Sort {
    name: "PostgreSQL",
    user: Some("postgres"),
    install: |_| {
        let mut install = Command::new(initdb());
        install.args([
            "--pgdata=data",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-sync",
        ]);
        install.arg("--locale=C");
        vec![install]
    },
    command: |_, port| {
        let mut server = Command::new(initdb().with_file_name("postgres"));
        server.args(["-D", "data", "-p", &port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        server
    },
    // While it starts, it answers with an error.
    is_ready: |mut stream| {
        let parameters = b"\0\x03\0\0user\0postgres\0\0";
        let length = u32::try_from(parameters.len() + 4).unwrap().to_be_bytes();
        let mut kind = [0];
        let sent = stream.write_all(&[length.as_slice(), parameters].concat());
        sent.is_ok() && stream.read_exact(&mut kind).is_ok() && kind == *b"R"
    },
    url: |port| format!("postgres://postgres@127.0.0.1:{port}/postgres"),
};

/// It speaks MongoDB's protocol; `cargo xtask services` installs it. What it acknowledges is on the disk.
pub const SECANTUSDB: Sort = Sort {
    name: "SecantusDB",
    user: None,
    install: |folder| {
        // Settings of its user are not for it.
        std::fs::write(folder.join("empty.toml"), "").unwrap();
        Vec::new()
    },
    command: |_, port| {
        let program = cache_folder().join("secantusdb/bin/secantusd-py");
        assert!(program.exists(), "this test needs SecantusDB, which `cargo xtask services` installs");
        let mut server = Command::new(program);
        server.args(["--config", "empty.toml", "--host", "127.0.0.1", "--port", &port.to_string()]);
        server.args(["--storage-path", "data", "--cache-size", "64M", "--sync-on-commit"]);
        server
    },
    is_ready: |_| true,
    url: |port| format!("mongodb://127.0.0.1:{port}/"),
};

fn data(folder: &Path) -> String {
    format!("--datadir={}", folder.join("data").display())
}

/// The server refuses to run as root unless told to.
fn as_root(folder: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    (folder.metadata().unwrap().uid() == 0).then_some("--user=root")
}

/// Both programs of one version, also where several are installed.
fn initdb() -> PathBuf {
    program("initdb", "postgresql").canonicalize().unwrap()
}

fn cache_folder() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    base.or_else(home).unwrap_or_else(std::env::temp_dir).join("purlin")
}
