//! One server, from an empty folder to its end.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::account::Account;
use super::packages::Need;

const READY_WITHIN: Duration = Duration::from_mins(1);
const STOPPED_WITHIN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Between our look for a free port and the server's use of it somebody else may take it.
const MOST_STARTS: usize = 3;
const LOG_LINES: usize = 20;

/// What one sort of server is.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The environment variable that tells tests its URL.
    pub(super) variable: &'static str,
    pub(super) needs: &'static [Need],
    /// Whose process it is where we are root; ours if there is none.
    pub(super) user: Option<&'static str>,
    /// What stops it at once.
    pub(super) stop: Signal,
    pub(super) prepare: fn(&Place) -> Result<()>,
    pub(super) command: fn(&Place, u16) -> Result<Command>,
    /// Whether it answers as a server of this sort that takes work.
    pub(super) is_ready: fn(&mut TcpStream) -> io::Result<bool>,
    pub(super) url: fn(u16, &str) -> String,
}

/// Where a server keeps its data, and for whom.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) account: Account,
    pub(super) password: String,
}

impl Place {
    pub(super) fn prepare(kind: &Kind, parent: &Path) -> Result<Self> {
        let account = kind.user.map_or(Ok(Account::OURS), Account::named)?;
        let place = Self { folder: parent.join(kind.name), account, password: password() };
        account.create_folder(&place.folder)?;
        (kind.prepare)(&place).with_context(|| format!("cannot prepare {}", kind.name))?;
        Ok(place)
    }

    /// A program that prepares something and ends.
    pub(super) fn run(&self, program: &Path, args: &[&str]) -> Result<()> {
        let output = self.account.command(program, &self.folder, "KILL").args(args).output();
        let output = output.with_context(|| format!("cannot start {}", program.display()))?;
        if !output.status.success() {
            let text = [output.stdout, output.stderr].concat();
            let text = last_lines(&String::from_utf8_lossy(&text));
            bail!("{} failed ({}):\n{text}", program.display(), output.status);
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }
}

#[derive(Debug)]
pub(super) struct Server {
    kind: &'static Kind,
    place: Place,
    port: u16,
    child: Child,
}

impl Server {
    pub(super) fn start(kind: &'static Kind, place: Place) -> Result<Self> {
        let (port, child) = spawn(kind, &place)?;
        Ok(Self { kind, place, port, child })
    }

    pub(super) fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let mut starts = 1;
        loop {
            let is_ready = answers(self.kind, self.port);
            match self.child.try_wait()? {
                None if is_ready => return Ok(()),
                None => {}
                Some(_) if starts < MOST_STARTS => {
                    starts += 1;
                    (self.port, self.child) = spawn(self.kind, &self.place)?;
                }
                Some(status) => bail!("{}", self.failure(&format!("does not start ({status})"))),
            }
            if Instant::now() > deadline {
                bail!("{}", self.failure(&format!("is not ready after {} s", READY_WITHIN.as_secs())));
            }
            thread::sleep(POLL);
        }
    }

    /// Its environment variable and its URL.
    pub(super) fn variable(&self) -> (&'static str, String) {
        (self.kind.variable, (self.kind.url)(self.port, &self.place.password))
    }

    /// Why it ended, if it did so by itself.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status: ExitStatus = self.child.try_wait().ok().flatten()?;
        Some(self.failure(&format!("ended before the tests did ({status})")))
    }

    /// Asks it to stop; `wait` sees to it.
    pub(super) fn ask_to_stop(&mut self) {
        // A process that ended and was not waited for keeps its id, so no other one can be hit.
        let is_running = self.child.try_wait().is_ok_and(|status| status.is_none());
        if is_running {
            let _ = kill_process(Pid::from_child(&self.child), self.kind.stop);
        }
    }

    pub(super) fn wait(&mut self) {
        let deadline = Instant::now() + STOPPED_WITHIN;
        while self.child.try_wait().is_ok_and(|status| status.is_none()) {
            if Instant::now() > deadline {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(POLL);
        }
    }

    fn failure(&self, what: &str) -> String {
        let log = fs::read(self.place.log()).unwrap_or_default();
        format!("{} {what}; its log ends:\n{}", self.kind.name, last_lines(&String::from_utf8_lossy(&log)))
    }
}

/// Whether a server of this sort takes work there.
pub(super) fn answers(kind: &Kind, port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        (kind.is_ready)(&mut stream)
    };
    ask().unwrap_or(false)
}

fn spawn(kind: &Kind, place: &Place) -> Result<(u16, Child)> {
    let port = free_port()?;
    let mut command = (kind.command)(place, port)?;
    let log = File::create(place.log()).context("cannot create a log")?;
    command.stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log);
    let child = command.spawn().with_context(|| format!("cannot start {}", kind.name))?;
    Ok((port, child))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Other users of this machine reach the same ports.
fn password() -> String {
    let draw = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", draw(), draw())
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LOG_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_used() {
        let port = free_port().unwrap();
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    }

    #[test]
    fn passwords_differ_and_need_no_escape() {
        let first = password();
        assert_ne!(first, password());
        assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    }

    #[test]
    fn a_log_is_cut_to_its_end() {
        let text = (1..=30).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        let cut = last_lines(&text);
        assert!(cut.starts_with("11\n") && cut.ends_with("\n30"), "{cut}");
        assert_eq!(last_lines("one"), "one");
    }

    #[test]
    fn a_server_of_another_sort_is_not_ready() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let refuse = thread::spawn(move || {
            for stream in listener.incoming().take(super::super::KINDS.len()) {
                let _ = io::Write::write_all(&mut stream.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
            }
        });
        for kind in super::super::KINDS {
            assert!(!answers(kind, port), "{}", kind.name);
        }
        refuse.join().unwrap();
    }
}
