//! The process that owns the servers. It is apart from the terminal, so that Ctrl-C reaches whoever asked for them
//! and not them; it stops them when its input ends, which a killed process's does too.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use super::KINDS;
use super::folder::Folder;
use super::server::{Place, Server};
use super::session::{FAILED, READY};

pub(super) const COMMAND: &str = "supervise";

const POLL: Duration = Duration::from_millis(100);

/// How long the servers are wanted.
#[derive(Debug)]
pub(super) enum Until {
    InputEnds,
    FileIsGone(PathBuf),
}

/// Starts this program again as a supervisor, which says on its output what came of it.
pub(super) fn spawn(more: &[&str], input: Stdio, errors: Stdio) -> Result<Child> {
    let program = std::env::current_exe().context("cannot tell which program this is")?;
    let mut command = Command::new(program);
    command.args(["services", COMMAND]).args(more).current_dir("/").process_group(0);
    command.stdin(input).stdout(Stdio::piped()).stderr(errors);
    command.spawn().context("cannot start a supervisor of the database servers")
}

pub(super) fn run(until: Until) -> Result<()> {
    let mut output = io::stdout();
    let mut servers = match Servers::start() {
        Ok(servers) => servers,
        Err(error) => return Ok(writeln!(output, "{FAILED}\n{error:#}")?),
    };
    let variables = servers.variables();
    if let Until::FileIsGone(state) = &until {
        super::background::write_state(state, &variables)?;
    }
    writeln!(output, "{variables}{READY}")?;
    output.flush()?;
    wait(until);
    for ended in servers.ended() {
        // In the background nobody reads it.
        let _ = writeln!(output, "{ended}");
    }
    Ok(())
}

fn wait(until: Until) {
    match until {
        Until::InputEnds => {
            let _ = io::stdin().read_to_end(&mut Vec::new());
        }
        Until::FileIsGone(state) => {
            while state.exists() {
                thread::sleep(POLL);
            }
        }
    }
}

/// Stopped, and their data gone, when dropped.
#[derive(Debug)]
struct Servers {
    running: Vec<Server>,
    folder: Folder,
}

impl Servers {
    fn start() -> Result<Self> {
        let mut servers = Self { running: Vec::new(), folder: Folder::create()? };
        servers.start_all()?;
        Ok(servers)
    }

    /// Data is prepared in parallel. This thread starts the servers: they are told to stop when the thread that
    /// started them ends.
    fn start_all(&mut self) -> Result<()> {
        let (sender, prepared) = mpsc::channel();
        let folder = self.folder.path();
        let running = &mut self.running;
        thread::scope(|scope| {
            for kind in KINDS {
                let sender = sender.clone();
                scope.spawn(move || sender.send((kind, Place::prepare(kind, folder))));
            }
            drop(sender);
            for (kind, place) in prepared {
                running.push(Server::start(kind, place?)?);
            }
            anyhow::Ok(())
        })?;
        running.iter_mut().try_for_each(Server::wait_until_ready)
    }

    /// As lines for a shell, in the table's order.
    fn variables(&self) -> String {
        let variables = self.running.iter().map(Server::variable);
        let mut lines: Vec<String> =
            variables.map(|(variable, url)| format!("export {variable}='{url}'\n")).collect();
        lines.sort();
        lines.concat()
    }

    fn ended(&mut self) -> Vec<String> {
        self.running.iter_mut().filter_map(Server::ended).collect()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.running.iter_mut().for_each(Server::ask_to_stop);
        self.running.iter_mut().for_each(Server::wait);
    }
}
