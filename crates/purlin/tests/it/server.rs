//! A running `purlin dev` or `purlin serve`: what it says line by line, where it listens, how it ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// Long enough for a busy machine; nothing waits for it when all goes well.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Everything said so far, for messages of failed tests.
    said: Vec<String>,
    pub(crate) address: String,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut server = Self::launch(folder, arguments);
        server.listen();
        server
    }

    /// Starts it with nobody at its terminal.
    pub(crate) fn launch(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_purlin"))
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
            });
        }
        Self { child, lines, said: Vec::new(), address: String::new() }
    }

    /// Waits for the line that names the address.
    pub(crate) fn listen(&mut self) {
        let line = self.wait_for("http://");
        let rest = line.split("http://").nth(1).unwrap();
        let end = rest.find(['/', '"', ' ']).unwrap_or(rest.len());
        self.address = rest[..end].to_owned();
    }

    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("never said {text:?}, but:\n{}", self.said.join("\n"));
            };
            self.said.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) fn said(&self) -> String {
        self.said.join("\n")
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Json) {
        let answer = crate::client::send("GET", &self.address, path, &[], None);
        let body = serde_json::from_str(&answer.text);
        (answer.status, body.unwrap_or(Json::Null))
    }

    /// Asks it to stop, as a supervisor does.
    pub(crate) fn terminate(&self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    }

    /// Ends it as a crash does, with nothing it could do about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its exit code, when it ends by itself.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.said.push(line);
        }
        assert!(Instant::now() < deadline, "did not end; it said:\n{}", self.said());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
