//! `cargo xtask check`: every gate in one run, cheap ones first, tests last.
//! All gates run even when one fails, so that a single run names everything.

use anyhow::{Result, bail};

use crate::{audit, process, test, tidy};

struct Gate {
    name: &'static str,
    run: fn() -> Result<()>,
}

const GATES: &[Gate] = &[
    Gate { name: "format", run: format },
    Gate { name: "tidy", run: || tidy::run(&[]) },
    Gate { name: "audit", run: || audit::run(&[]) },
    Gate { name: "clippy", run: clippy },
    Gate { name: "test", run: || test::run(&[]) },
];

pub(crate) fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.first() {
        bail!("check takes no arguments, but got `{unknown}`");
    }
    let mut failed = Vec::new();
    for gate in GATES {
        println!("== {}", gate.name);
        if let Err(error) = (gate.run)() {
            println!("{}: {error:#}", gate.name);
            failed.push(gate.name);
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn format() -> Result<()> {
    let mut command = process::cargo();
    command.args(["fmt", "--all", "--check"]);
    process::run(command)
}

fn clippy() -> Result<()> {
    let mut command = process::cargo();
    command.args(["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    process::run(command)
}
