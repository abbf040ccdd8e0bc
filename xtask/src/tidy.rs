//! `cargo xtask tidy`: rules that no compiler checks, one file each.

mod arrows;
mod banned;
mod header;
mod index;
mod length;
mod manifest;
mod names;
mod proofs;
mod snapshots;

use anyhow::{Result, bail};

use crate::metadata::Metadata;
use crate::report::Report;
use crate::source;

pub(crate) fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.first() {
        bail!("tidy takes no arguments, but got `{unknown}`");
    }
    let metadata = Metadata::load()?;
    let files = source::load()?;
    let mut report = Report::default();
    arrows::check(&metadata, &mut report);
    manifest::check(&metadata, &mut report);
    for file in &files {
        names::check(file, &mut report);
        banned::check(file, &mut report);
        header::check(file, &mut report);
        index::check(file, &mut report);
        length::check(file, &mut report);
    }
    length::check_exemptions(&files, &mut report);
    proofs::check(&files, &mut report);
    snapshots::check(&files, &mut report);
    report.finish("tidy")
}
