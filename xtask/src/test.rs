//! `cargo xtask test`: all tests, with nextest where it is installed.
//! The runner's closing summary is repeated as the last line, below any list of failures.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// Generated inputs are the same in every run, so that what lands was tested; another number draws others.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "1");

pub(crate) fn run(args: &[String]) -> Result<()> {
    if process::has_cargo_command("nextest") { run_nextest(args) } else { run_cargo_test(args) }
}

fn run_nextest(args: &[String]) -> Result<()> {
    let mut command = process::cargo();
    let color = if std::io::stderr().is_terminal() { "always" } else { "never" };
    command.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--color", color]);
    command.args(args).stderr(Stdio::piped());
    seed(&mut command);
    let mut child = command.spawn().context("cannot start cargo nextest")?;
    let mut summary = None;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            let line = line.context("cannot read what cargo nextest prints")?;
            writeln!(std::io::stderr(), "{line}")?;
            if line.contains("Summary") && line.contains("tests run:") {
                summary = Some(line);
            }
        }
    }
    let status = child.wait()?;
    if let Some(summary) = summary {
        println!("{}", summary.trim());
    }
    if !status.success() {
        bail!("tests failed ({status})");
    }
    Ok(())
}

fn run_cargo_test(args: &[String]) -> Result<()> {
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).args(args);
    seed(&mut command);
    process::run(command)
}

fn seed(command: &mut Command) {
    if std::env::var_os(SEED.0).is_none() {
        command.env(SEED.0, SEED.1);
    }
}
