//! The order of the looks: what one finding makes impossible is left out.

use super::{Finding, app, data, indexes, machine, mail};
use crate::cli::Context;
use crate::wire::{self, Fallback};

/// Everything that can be looked at.
pub fn examine(context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    let config = app::configuration(context, &mut findings);
    let schema = app::schema(context, &mut findings);
    let Some(config) = config else { return findings };
    app::secret(&config, &mut findings);
    app::private_files(&config.app, &mut findings);
    mail::mail(&config, &mut findings);
    machine::port(&config.settings.server, &mut findings);
    let Some(schema) = schema else { return findings };
    if let Err(failure) = wire::rehearse(&config, &context.title(), &schema) {
        findings.push(Finding::of_failure("start", failure));
    }
    indexes::indexes(&config.app, &schema, &mut findings);
    let is_set = wire::databases(&schema, &config, Fallback::Refuse).is_ok();
    match wire::databases(&schema, &config, Fallback::Embedded) {
        Ok(databases) => {
            for database in &databases {
                app::address(database, is_set, &mut findings);
                if let Some(path) = database.place.file() {
                    machine::disk(path, &mut findings);
                }
                data::database(&config.app, database, &schema, &mut findings);
            }
        }
        Err(failure) => findings.push(Finding::of_failure("address", failure)),
    }
    findings
}
