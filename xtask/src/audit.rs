//! `cargo xtask audit`: what we take from others, judged offline from the lock file.

mod advisories;
mod budget;
mod duplicates;
mod features;
mod licences;
mod sources;
mod unused;

use anyhow::{Result, bail};

use crate::metadata::Metadata;
use crate::report::Report;

pub(crate) fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args.first() {
        bail!("audit takes no arguments, but got `{unknown}`");
    }
    let metadata = Metadata::load()?;
    let mut report = Report::default();
    licences::check(&metadata, &mut report);
    sources::check(&metadata, &mut report);
    duplicates::check(&metadata, &mut report);
    budget::check(&metadata, &mut report);
    features::check(&mut report)?;
    unused::check(&metadata, &mut report)?;
    advisories::check(&mut report);
    report.finish("audit")
}
