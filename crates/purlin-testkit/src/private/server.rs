//! One such server, from an empty folder to its end.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::sort::Sort;

const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub struct PrivateServer {
    sort: &'static Sort,
    folder: TempDir,
    port: u16,
    more: Vec<String>,
    child: Option<Child>,
}

impl PrivateServer {
    pub fn start(sort: &'static Sort) -> Self {
        Self::start_with(sort, |_| Vec::new())
    }

    /// With the options that are given back, and the files that were written into the folder.
    pub fn start_with(sort: &'static Sort, prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let more = prepare(folder.path());
        if let Some(ids) = sort.user.and_then(ids_of) {
            give(folder.path(), ids);
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { sort, folder, port, more, child: None };
        for command in (sort.install)(server.folder.path()) {
            let output = server.owned(command).stdin(Stdio::null()).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        server.run();
        server
    }

    /// Until it takes work. What an earlier one left behind may be in its way for a moment.
    pub fn run(&mut self) {
        let start = Instant::now();
        loop {
            let has_ended = match &mut self.child {
                Some(child) => child.try_wait().unwrap().is_some(),
                None => true,
            };
            if has_ended {
                let command = (self.sort.command)(self.folder.path(), self.port);
                let mut command = self.owned(command);
                command.args(&self.more).stdout(Stdio::null()).stderr(Stdio::null());
                self.child = Some(command.spawn().unwrap());
            }
            assert!(start.elapsed() < PATIENCE, "{} does not start", self.sort.name);
            std::thread::sleep(Duration::from_millis(20));
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok_and(self.sort.is_ready) {
                return;
            }
        }
    }

    pub fn url(&self) -> String {
        (self.sort.url)(self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// As when the power is cut.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `STOP` or `CONT`: it is there, and says nothing.
    pub fn signal(&self, name: &str) {
        let process = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &process]).status().unwrap().success());
    }

    /// As the user that the server asks for.
    fn owned(&self, mut command: Command) -> Command {
        use std::os::unix::process::CommandExt as _;
        command.current_dir(self.folder.path());
        if let Some((user, group)) = self.sort.user.and_then(ids_of) {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Only root has to be another user, and only root can.
fn ids_of(user: &str) -> Option<(u32, u32)> {
    let is_root = tempfile::tempfile().unwrap().metadata().unwrap().uid() == 0;
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let line = users.lines().find(|line| line.split(':').next() == Some(user)).filter(|_| is_root)?;
    let ids: Vec<u32> = line.split(':').filter_map(|part| part.parse().ok()).collect();
    Some((*ids.first()?, *ids.get(1)?))
}

fn give(folder: &Path, (user, group): (u32, u32)) {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in files.chain([folder.to_owned()]) {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// Where distributions put servers that are on nobody's path.
pub(super) fn program(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    let mut found = std::env::split_paths(&path).chain(more).map(|folder| folder.join(name));
    let found = found.find(|it| it.exists());
    found.unwrap_or_else(|| panic!("this test needs {name}, of the package {package}"))
}
