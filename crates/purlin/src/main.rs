//! The `purlin` program: hands its arguments to the command line and exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    purlin::cli::main(std::env::args_os())
}
