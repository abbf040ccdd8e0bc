//! `cargo xtask check`: every gate in one run, cheap ones first, tests last.
//! All gates run even when one fails, so that a single run names everything.

use anyhow::{Result, bail};

use crate::{audit, process, test, tidy};

struct Gate {
    name: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const GATES: &[Gate] = &[
    Gate { name: "format", run: |_| format() },
    Gate { name: "tidy", run: |_| tidy::run(&[]) },
    Gate { name: "audit", run: |_| audit::run(&[]) },
    Gate { name: "clippy", run: |_| clippy() },
    Gate { name: "test", run: test::run },
];

pub(crate) fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.iter().find(|arg| *arg != test::EMBEDDED) {
        bail!("check takes no argument but {}, and got `{unknown}`", test::EMBEDDED);
    }
    let mut failed = Vec::new();
    for gate in GATES {
        println!("== {}", gate.name);
        if let Err(error) = (gate.run)(args) {
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
