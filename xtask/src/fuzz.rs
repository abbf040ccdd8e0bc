//! `cargo xtask fuzz`: hands its arguments to `bench/fuzz/run`, which asks an app all that its document says.

use std::process::Command;

use anyhow::Result;

use crate::process;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut command = Command::new(process::root().join("bench/fuzz/run"));
    command.args(args).current_dir(process::root());
    process::run(command)
}
