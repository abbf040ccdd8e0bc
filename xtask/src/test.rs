//! `cargo xtask test`: all tests, with nextest where it is installed, and with private database servers.
//! The runner's closing summary is repeated as the last line, below any list of failures.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::services::Session;

/// Generated inputs are the same in every run, so that what lands was tested; another number draws others.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "1");

/// Leaves out the tests that need a server: those of nextest's profile of this name in .config/nextest.toml.
pub(crate) const EMBEDDED: &str = "--embedded";
const EMBEDDED_PROFILE: &str = "embedded";

/// The same for `cargo test`, which knows parts of names alone.
const SERVER_PACKAGES: &[&str] = &["purlin-store-postgres", "purlin-store-mysql", "purlin-store-mongo"];
const SERVER_MODULES: &[&str] = &["postgres::", "mysql::", "mongodb::", "redis::"];

pub(crate) fn run(args: &[String]) -> Result<()> {
    let (embedded, rest): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| *arg == EMBEDDED);
    let is_embedded = !embedded.is_empty();
    let mut command = if process::has_cargo_command("nextest") {
        nextest(is_embedded, &rest)
    } else {
        cargo_test(is_embedded, &rest)
    };
    if std::env::var_os(SEED.0).is_none() {
        command.env(SEED.0, SEED.1);
    }
    if is_embedded {
        println!("{EMBEDDED}: without the tests that need a database server");
        return run_tests(command);
    }
    // Stopped when it goes out of scope, also if the tests fail.
    let session = Session::start().context("cannot start the database servers")?;
    session.export_to(&mut command);
    run_tests(command)
}

fn nextest(is_embedded: bool, args: &[&String]) -> Command {
    let mut command = process::cargo_ended_with_us();
    let color = if std::io::stderr().is_terminal() { "always" } else { "never" };
    command.args(["nextest", "run", "--locked", "--no-fail-fast", "--color", color]);
    command.args(whole_workspace(args));
    if is_embedded {
        command.args(["--profile", EMBEDDED_PROFILE]);
    }
    command.args(args);
    command
}

fn cargo_test(is_embedded: bool, args: &[&String]) -> Command {
    let mut command = process::cargo_ended_with_us();
    command.args(["test", "--locked", "--no-fail-fast"]).args(whole_workspace(args));
    if is_embedded && whole_workspace(args).is_some() {
        command.args(SERVER_PACKAGES.iter().flat_map(|package| ["--exclude", package]));
    }
    command.args(args);
    if is_embedded {
        command.args((!args.iter().any(|arg| *arg == "--")).then_some("--"));
        command.args(SERVER_MODULES.iter().flat_map(|module| ["--skip", module]));
    }
    command
}

/// Unless packages are named: it would add all others to them.
fn whole_workspace(args: &[&String]) -> Option<&'static str> {
    let names_package = |arg: &&String| arg.starts_with("-p") || arg.starts_with("--package");
    let own = args.iter().take_while(|arg| **arg != "--");
    (!own.copied().any(|arg| names_package(&arg))).then_some("--workspace")
}

fn run_tests(mut command: Command) -> Result<()> {
    let mut child = command.stderr(Stdio::piped()).spawn().context("cannot start the test runner")?;
    let mut summary = None;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            let line = line.context("cannot read what the test runner prints")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &Command, parts: &[&str]) {
        let text = process::describe(command);
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn embedded_leaves_out_by_profile_or_by_name() {
        let args = ["-p".to_owned(), "purlin".to_owned()];
        let args: Vec<&String> = args.iter().collect();
        check(&nextest(true, &args), &["nextest run", "--profile embedded -p purlin"]);
        check(&nextest(true, &[]), &["--workspace", "--profile embedded"]);
        assert!(!process::describe(&nextest(true, &args)).contains("--workspace"));
        assert!(!process::describe(&nextest(false, &args)).contains(EMBEDDED_PROFILE));
        check(&cargo_test(true, &[]), &["--exclude purlin-store-mongo", "-- --skip postgres::"]);
    }

    #[test]
    fn the_profile_and_the_lists_name_the_same_tests() {
        let config = include_str!("../../.config/nextest.toml");
        let names = SERVER_PACKAGES.iter().chain(SERVER_MODULES);
        for name in names.map(|name| name.trim_end_matches("::")) {
            assert!(config.contains(name), "{name}");
        }
    }
}
