//! `cargo xtask`: every check and chore of the repository, one command each.
//! CI runs nothing that is not here, so a green `check` at home is a green one there.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod audit;
mod bench;
mod check;
mod fuzz;
mod metadata;
mod new_crate;
mod process;
mod report;
mod services;
mod source;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "check",
        about: "format, tidy, audit, clippy and tests: all that CI asks for; --embedded as for test",
        run: check::run,
    },
    Command { name: "tidy", about: "rules on files and crates that no compiler checks", run: tidy::run },
    Command {
        name: "audit",
        about: "dependencies: licences, sources, duplicates, features, unused ones",
        run: audit::run,
    },
    Command {
        name: "test",
        about: "all tests, with private database servers; further arguments go to the test runner",
        run: test::run,
    },
    Command {
        name: "services",
        about: "starts database servers and prints their variables for a shell's eval; `stop` ends them",
        run: services::run,
    },
    Command { name: "bench", about: "end-to-end load; further arguments go to bench/run", run: bench::run },
    Command {
        name: "fuzz",
        about: "the API against its own document; further arguments go to bench/fuzz/run",
        run: fuzz::run,
    },
    Command {
        name: "new-crate",
        about: "NAME \"SENTENCE\": a crate of the usual shape in crates/",
        run: new_crate::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((name, rest)) = args.split_first() else {
        print_commands();
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_commands();
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => bail!("there is no command `{name}`; run `cargo xtask` for the list"),
    }
}

fn print_commands() {
    println!("cargo xtask COMMAND\n");
    for command in COMMANDS {
        println!("  {:<10} {}", command.name, command.about);
    }
}
