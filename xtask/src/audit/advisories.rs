//! Known vulnerabilities, by `cargo deny` where it is installed: its database needs a network.

use crate::process;
use crate::report::Report;

pub(super) fn check(report: &mut Report) {
    if !process::has_cargo_command("deny") {
        println!("advisories: not checked, cargo-deny is not installed");
        return;
    }
    let mut command = process::cargo();
    command.args(["deny", "check", "advisories"]);
    if let Err(error) = process::run(command) {
        report.error(format!("advisories: {error:#}"));
    }
}
