//! A line that grows while long work goes on. Only on a terminal: elsewhere it would be noise.

use std::io::{self, IsTerminal, Write};

const WIDTH: usize = 24;

#[derive(Debug)]
pub struct Progress {
    is_shown: bool,
}

impl Progress {
    pub fn new(is_json: bool) -> Self {
        Self { is_shown: !is_json && io::stderr().is_terminal() }
    }

    pub fn show(&mut self, label: &str, done: usize, total: usize) {
        if self.is_shown {
            let filled = WIDTH * done.min(total) / total.max(1);
            let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH - filled));
            write(&format!("\r\u{1b}[K{label} [{bar}] {done}/{total}"));
        }
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.is_shown {
            write("\r\u{1b}[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// A terminal that has gone away stops nothing.
fn write(text: &str) {
    let mut stream = io::stderr().lock();
    let _gone = write!(stream, "{text}").and_then(|()| stream.flush());
}
