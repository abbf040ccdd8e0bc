//! The app folder: configuration, schema, address, secrets.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use purlin_core::schema::Schema;

use super::Finding;
use crate::cli::{Context, counted, shown};
use crate::config::Config;
use crate::wire::Database;

/// Fewer different bytes than this are a word repeated, not chance.
const FEWEST_BYTES: usize = 12;

pub(super) fn configuration(context: &Context, findings: &mut Vec<Finding>) -> Option<Config> {
    match context.config() {
        Ok(config) => {
            findings.push(Finding::ok("configuration", "purlin.toml, .env and environment are well"));
            Some(config)
        }
        Err(failure) => {
            findings.push(Finding::of_failure("configuration", failure));
            None
        }
    }
}

pub(super) fn schema(context: &Context, findings: &mut Vec<Finding>) -> Option<Arc<Schema>> {
    match context.schema_with_warnings() {
        Ok((schema, warnings)) => {
            let models = counted(schema.own_models().count(), "model");
            findings.push(if warnings == 0 {
                Finding::ok("schema", models)
            } else {
                let message = format!("{models}, {}", counted(warnings, "warning"));
                Finding::warning("schema", message, "`purlin check` shows them")
            });
            Some(schema)
        }
        Err(failure) => {
            findings.push(Finding::of_failure("schema", failure));
            None
        }
    }
}

pub(super) fn address(database: &Database, is_set: bool, findings: &mut Vec<Finding>) {
    let path = &database.place;
    findings.push(if is_set {
        Finding::ok("address", format!("datasource {} is {path}", database.name))
    } else {
        Finding::warning(
            "address",
            format!("the address of datasource {} is not set; `purlin dev` uses {path}", database.name),
            "set DATABASE_URL for `purlin serve`, or give it --embedded",
        )
    });
}

pub(super) fn secret(config: &Config, findings: &mut Vec<Finding>) {
    let help = "`openssl rand -base64 48` makes a good one; set it as JWT_SECRET in .env or the environment";
    findings.push(match &config.settings.auth.jwt_secret {
        None => Finding::warning(
            "secret",
            "JWT_SECRET is not set: `purlin dev` makes its own, `purlin serve` refuses to start",
            help,
        ),
        Some(secret) if different_bytes(secret.expose()) < FEWEST_BYTES => {
            Finding::problem("secret", "JWT_SECRET is long enough but easily guessed", help)
        }
        Some(_) => Finding::ok("secret", "JWT_SECRET is set"),
    });
}

fn different_bytes(text: &str) -> usize {
    text.bytes().collect::<BTreeSet<u8>>().len()
}

/// Files that hold secrets are for their owner alone.
pub(super) fn private_files(app: &Path, findings: &mut Vec<Finding>) {
    for name in [".env", ".purlin/jwt-secret"] {
        let path = app.join(name);
        if is_open_to_others(&path) {
            let message = format!("{name} can be read by other users of this machine");
            findings.push(Finding::warning("rights", message, format!("chmod 600 {}", shown(&path))));
        }
    }
}

#[cfg(unix)]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Elsewhere a file inherits the rights of the user's folder.
#[cfg(not(unix))]
pub(super) fn is_open_to_others(_path: &Path) -> bool {
    false
}
