//! Where a command speaks: answers on standard output, failures on standard error.
//! With `--json` standard output holds exactly one JSON document, whatever happens.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::Failure;

#[derive(Clone, Copy, Debug)]
pub struct Output {
    is_json: bool,
    has_color: bool,
}

impl Output {
    pub fn new(is_json: bool) -> Self {
        let wants_color = std::env::var_os("NO_COLOR").is_none();
        Self { is_json, has_color: !is_json && wants_color && io::stdout().is_terminal() }
    }

    pub fn is_json(self) -> bool {
        self.is_json
    }

    /// Whether an answer may be coloured: never where it is piped.
    pub fn has_color(self) -> bool {
        self.has_color
    }

    /// The answer of a command, in the form that was asked for.
    pub fn answer<A: Display + Serialize>(self, answer: &A) {
        let text = if self.is_json { to_json(answer) } else { answer.to_string() };
        write_line(io::stdout().lock(), &text);
    }

    /// One of many things that a running command says: a line for people, a document per line as JSON.
    pub fn event<A: Display + Serialize>(self, event: &A) {
        if self.is_json {
            let text = serde_json::to_string(event).unwrap_or_default();
            write_line(io::stdout().lock(), &text);
        } else {
            write_line(io::stdout().lock(), &event.to_string());
        }
    }

    /// A document that is the answer, as it is.
    pub fn text(self, text: &str) {
        write_line(io::stdout().lock(), text);
    }

    /// Why there is no answer.
    pub fn failure(self, failure: &Failure) {
        if self.is_json {
            let error = json!({
                "code": failure.code, "message": failure.message, "help": failure.help,
            });
            write_line(io::stdout().lock(), &to_json(&json!({ "error": error })));
            return;
        }
        let help = match &failure.help {
            Some(help) => format!("\n  help: {help}"),
            None => String::new(),
        };
        write_line(io::stderr().lock(), &format!("error: {}{help}", failure.message));
    }
}

fn to_json<A: Serialize>(answer: &A) -> String {
    serde_json::to_string_pretty(answer)
        .unwrap_or_else(|error| json!({ "error": { "message": error.to_string() } }).to_string())
}

/// A reader that has gone away (`purlin check | head`) is no reason to fail.
fn write_line(mut stream: impl Write, text: &str) {
    let text = text.trim_end_matches('\n');
    let _gone = writeln!(stream, "{text}").and_then(|()| stream.flush());
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A path as people write it: without the `./` in front.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
