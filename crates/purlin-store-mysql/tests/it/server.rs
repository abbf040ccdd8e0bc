//! A server of a test's own, which may be killed and started again.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) struct Server {
    folder: TempDir,
    port: u16,
    more: Vec<String>,
    child: Option<Child>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(Vec::new())
    }

    /// With these options.
    pub(crate) fn start_with(more: Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let install = Command::new(program("mariadb-install-db"))
            .arg("--no-defaults")
            .arg(data(folder.path()))
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(user(folder.path()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(install.unwrap().success(), "mariadb-install-db");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { folder, port, more, child: None };
        server.run();
        server
    }

    /// Until it takes connections.
    pub(crate) fn run(&mut self) {
        let folder = self.folder.path();
        let child = Command::new(program("mariadbd"))
            .arg("--no-defaults")
            .arg(data(folder))
            .args(user(folder))
            .args(["--bind-address=127.0.0.1", "--socket=socket", "--pid-file=pid", "--skip-name-resolve"])
            .args(["--innodb-log-file-size=16M", "--innodb-buffer-pool-size=32M"])
            .arg(format!("--port={}", self.port))
            .args(&self.more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < Duration::from_mins(1), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }

    /// As when the power is cut.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `STOP` or `CONT`: it is there, and says nothing.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &process]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn data(folder: &Path) -> String {
    format!("--datadir={}", folder.join("data").display())
}

/// The server refuses to run as root unless told to.
fn user(folder: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    (folder.metadata().unwrap().uid() == 0).then_some("--user=root")
}

fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    let found =
        std::env::split_paths(&path).chain(more).map(|folder| folder.join(name)).find(|it| it.exists());
    assert!(found.is_some(), "this test needs {name}, of the package mariadb-server");
    found.unwrap()
}
