//! `cargo xtask bench`: hands its arguments to `bench/run`, which knows how to measure.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let script = process::root().join("bench/run");
    if !script.is_file() {
        bail!("bench/run does not exist in this checkout");
    }
    let mut command = Command::new(script);
    command.args(args).current_dir(process::root());
    process::run(command)
}
