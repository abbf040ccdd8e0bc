//! The `purlin` program: hands its arguments to the command line and exits with its code.

use std::process::ExitCode;

// Writes are worked on by two threads each: docs/decisions/0013-allocator.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    purlin::cli::main(std::env::args_os())
}
