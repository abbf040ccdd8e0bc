//! The servers of one run of tests: they live as long as this value, or as this process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{mongodb, packages, say, supervisor};

/// Lines that end what a supervisor says of its start.
pub(super) const READY: &str = "ready";
pub(super) const FAILED: &str = "failed";

#[derive(Debug)]
pub(crate) struct Session {
    supervisor: Child,
    /// It stops when this is closed.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    variables: Vec<(String, String)>,
}

impl Session {
    /// Installs what is missing and waits until all servers answer.
    pub(crate) fn start() -> Result<Self> {
        install()?;
        let mut supervisor = supervisor::spawn(&[], Stdio::piped(), Stdio::inherit())?;
        let input = supervisor.stdin.take();
        let mut output = output(&mut supervisor)?;
        // On failure the input is dropped, and the supervisor ends.
        let variables = parse(&read_start(&mut output)?);
        Ok(Self { supervisor, input, output, variables })
    }

    /// The servers' addresses, for the tests.
    pub(crate) fn export_to(&self, command: &mut Command) {
        command.envs(self.variables.iter().map(|(name, url)| (name, url)));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.input.take());
        let mut text = String::new();
        let _ = self.output.read_to_string(&mut text);
        if !text.is_empty() {
            say(text.trim_end());
        }
        let _ = self.supervisor.wait();
    }
}

pub(super) fn install() -> Result<()> {
    packages::ensure()?;
    mongodb::install()
}

pub(super) fn output(supervisor: &mut Child) -> Result<BufReader<ChildStdout>> {
    let output = supervisor.stdout.take().context("the supervisor has no output")?;
    Ok(BufReader::new(output))
}

/// What a supervisor says until all servers answer: lines for a shell.
pub(super) fn read_start(output: &mut impl BufRead) -> Result<String> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            bail!("the supervisor of the database servers ended before they were ready");
        }
        match line.trim_end() {
            READY => return Ok(said),
            FAILED => {
                let mut reason = String::new();
                output.read_to_string(&mut reason)?;
                bail!("{}", reason.trim_end());
            }
            _ => said.push_str(&line),
        }
    }
}

/// Names and URLs of such lines.
pub(super) fn parse(lines: &str) -> Vec<(String, String)> {
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        let url = value.strip_prefix('\'')?.strip_suffix('\'')?;
        Some((name.to_owned(), url.to_owned()))
    };
    lines.lines().filter_map(variable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "export A='x://u:p@127.0.0.1:1/d?a=b'\nexport B='y'\n";

    #[test]
    fn a_start_that_succeeds() {
        let mut output = format!("{LINES}{READY}\nlater").into_bytes();
        let said = read_start(&mut output.as_slice()).unwrap();
        assert_eq!(said, LINES);
        let expected = [("A", "x://u:p@127.0.0.1:1/d?a=b"), ("B", "y")];
        assert_eq!(parse(&said), expected.map(|(name, url)| (name.to_owned(), url.to_owned())));
        output.truncate(LINES.len());
        assert!(read_start(&mut output.as_slice()).is_err(), "it ended too early");
    }

    #[test]
    fn a_start_that_fails_gives_its_reason() {
        let output = format!("{FAILED}\nno room\nat all\n");
        let error = read_start(&mut output.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "no room\nat all");
    }
}
