//! The database file: its rights, what is in it, and whether it is what the schema needs.

use std::path::Path;

use purlin_core::schema::Schema;
use purlin_migrate::{DatabaseError, MigrationConnection};

use super::Finding;
use super::app::is_open_to_others;
use crate::cli::shown;
use crate::wire::{self, Database, Missing};

/// Nobody repairs more at once.
const MOST_LINES: usize = 10;

pub(super) fn database(app: &Path, database: &Database, schema: &Schema, findings: &mut Vec<Finding>) {
    let Some(file) = database.place.file() else {
        return tables(app, database, schema, findings);
    };
    let path = shown(file);
    if !file.exists() {
        let message = format!("there is no database at {path} yet");
        findings.push(Finding::warning(
            "database",
            message,
            "`purlin dev` or `purlin migrate deploy` makes it",
        ));
        return;
    }
    if let Err(error) = std::fs::OpenOptions::new().read(true).write(true).open(file) {
        let help = format!("let this user own {path} and its folder");
        findings.push(Finding::problem("database", format!("{path} cannot be written: {error}"), help));
        return;
    }
    if is_open_to_others(file) {
        let message = format!("{path} can be read by other users of this machine");
        findings.push(Finding::warning("rights", message, format!("chmod 600 {path}")));
    }
    let mut connection = match wire::migrator(app, database) {
        Ok((_, connection)) => connection,
        Err(failure) => return findings.push(Finding::of_failure("database", failure)),
    };
    let is_sound = integrity(&mut *connection, findings) & foreign_keys(&mut *connection, findings);
    drop(connection);
    if is_sound {
        tables(app, database, schema, findings);
    }
}

fn integrity(connection: &mut dyn MigrationConnection, findings: &mut Vec<Finding>) -> bool {
    let help = "restore a copy; .purlin/backups has those that migrations made";
    match connection.query("PRAGMA quick_check(10)", &[]) {
        Ok(rows) => {
            let lines: Vec<String> = rows.into_iter().flatten().flatten().collect();
            let is_sound = lines == ["ok"];
            findings.push(if is_sound {
                Finding::ok("integrity", "the file is sound")
            } else {
                Finding::problem("integrity", format!("the file is damaged: {}", lines.join("; ")), help)
            });
            is_sound
        }
        Err(error) => unreadable("integrity", &error, help, findings),
    }
}

fn foreign_keys(connection: &mut dyn MigrationConnection, findings: &mut Vec<Finding>) -> bool {
    let help = "repair these rows, or delete them";
    let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2";
    match connection.query(sql, &[]) {
        Ok(rows) if rows.is_empty() => {
            findings.push(Finding::ok("references", "every row refers to a row that exists"));
            true
        }
        Ok(rows) => {
            let lines = rows.iter().take(MOST_LINES).map(|row| {
                let part = |index: usize| row.get(index).cloned().flatten().unwrap_or_default();
                format!("{} rows of {} refer to no row of {}", part(2), part(0), part(1))
            });
            let message = lines.collect::<Vec<_>>().join("; ");
            findings.push(Finding::problem("references", message, help));
            true
        }
        Err(error) => unreadable("references", &error, help, findings),
    }
}

fn unreadable(
    about: &'static str,
    error: &DatabaseError,
    help: &'static str,
    findings: &mut Vec<Finding>,
) -> bool {
    findings.push(Finding::problem(about, format!("the database cannot be read: {error}"), help));
    false
}

fn tables(app: &Path, database: &Database, schema: &Schema, findings: &mut Vec<Finding>) {
    match wire::require_fit(app, database, schema, Missing::Refuse) {
        Err(failure) => findings.push(Finding::of_failure("tables", failure)),
        Ok(fit) if fit.drift.is_empty() => findings.push(Finding::ok("tables", "they fit the schema")),
        Ok(fit) => findings.push(Finding::warning(
            "tables",
            fit.drift.join("; "),
            "what is not in the schema is left alone; `purlin migrate status` lists it",
        )),
    }
}
