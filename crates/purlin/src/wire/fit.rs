//! Whether a database is what the schema needs: nothing pending, tables as the schema says. Asked before
//! anything uses the database that may not change it.

use std::path::Path;

use purlin_core::schema::Schema;
use purlin_migrate::{Answers, Consent, Migrator, Status};

use super::documents::has_document;
use super::{Database, make_documents, migrator, migrator_to_look, missing_documents};
use crate::cli::{Failure, counted, listed, migration_failure};

/// A database that fits.
#[derive(Debug, Default)]
pub struct Fit {
    /// What was done to it.
    pub notes: Vec<String>,
    /// What somebody has changed behind Purlin's back, without harm.
    pub drift: Vec<String>,
}

/// What to do with a database that does not exist yet, or has no table at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Create,
    Refuse,
}

/// Of every datasource. Fails with the first that does not fit.
pub fn require_fits(
    app: &Path,
    databases: &[Database],
    schema: &Schema,
    missing: Missing,
) -> Result<Fit, Failure> {
    let mut all = Fit::default();
    for database in databases {
        refuse_unfinished_move(app, database)?;
        let fit = require_fit(app, database, schema, missing)?;
        all.notes.extend(database.note.iter().cloned().chain(fit.notes));
        all.drift.extend(fit.drift);
    }
    Ok(all)
}

pub fn require_fit(
    app: &Path,
    database: &Database,
    schema: &Schema,
    missing: Missing,
) -> Result<Fit, Failure> {
    if database.place.is_missing() && missing == Missing::Create {
        return create(app, database, schema);
    }
    if let Some(steps) = missing_documents(database, schema)? {
        return fit_documents(database, schema, &steps, missing);
    }
    let (migrator, mut connection) = match missing {
        // A server may have to make the database first.
        Missing::Create => migrator(app, database)?,
        Missing::Refuse => migrator_to_look(app, database)?,
    };
    let connection = &mut *connection;
    let failed = |error| migration_failure(&error);
    let status = migrator.status(schema, connection).map_err(failed)?;
    if let Some(note) = migrator.serves_both(schema, connection).map_err(failed)? {
        return Ok(Fit {
            notes: vec![format!("datasource {}: {note}", database.name)],
            drift: drift(database, &status),
        });
    }
    refuse_open_migrations(database, &status)?;
    let plan = migrator.plan_dev(schema, connection, &Answers::default()).map_err(failed)?;
    if plan.is_empty() {
        return Ok(Fit { notes: Vec::new(), drift: drift(database, &status) });
    }
    if missing == Missing::Create && plan.starts_from_nothing() {
        return create(app, database, schema);
    }
    let has_migrations = !status.applied.is_empty();
    let steps = listed(&plan.steps).join("\n  - ");
    let message = if database.place.is_missing() {
        format!("datasource {}: there is no database at {} yet", database.name, database.place)
    } else {
        format!(
            "datasource {}: its tables do not fit the schema; this is missing:\n  - {steps}",
            database.name
        )
    };
    let help = if has_migrations {
        "write the missing migration with `purlin migrate dev` in development, then apply it here with \
         `purlin migrate deploy`"
    } else {
        "write a migration with `purlin migrate dev` in development, then apply it here with \
         `purlin migrate deploy`; a development database follows the schema in `purlin dev`"
    };
    Err(Failure::problem("DATABASE_DOES_NOT_FIT", message).with_help(help))
}

/// A database that `db move` has not filled yet has its tables, but not all of its rows.
pub fn refuse_unfinished_move(app: &Path, database: &Database) -> Result<(), Failure> {
    if database.place.is_missing() || !is_filling(app, database)? {
        return Ok(());
    }
    let message =
        format!("datasource {}: a move of data into {} has not ended", database.name, database.place);
    Err(Failure::problem("UNFINISHED_MOVE", message)
        .with_help("run `purlin db move` again as it was begun, with the address that the data comes from"))
}

fn is_filling(app: &Path, database: &Database) -> Result<bool, Failure> {
    if let Some(is_filling) = has_document(database, Migrator::MOVE_TABLE)? {
        return Ok(is_filling);
    }
    // A database that cannot be looked at is told of by whoever looks for more.
    let Ok((migrator, mut connection)) = migrator_to_look(app, database) else { return Ok(false) };
    migrator.is_filling(&mut *connection).map_err(|error| migration_failure(&error))
}

fn fit_documents(
    database: &Database,
    schema: &Schema,
    steps: &[String],
    missing: Missing,
) -> Result<Fit, Failure> {
    if steps.is_empty() {
        return Ok(Fit::default());
    }
    if missing == Missing::Create {
        make_documents(database, schema)?;
        let notes = vec![format!("made the collections and indexes of {}", database.place)];
        return Ok(Fit { notes, drift: Vec::new() });
    }
    let message = format!(
        "datasource {}: this is missing in {}:\n  - {}",
        database.name,
        database.place,
        steps.join("\n  - ")
    );
    Err(Failure::problem("DATABASE_DOES_NOT_FIT", message).with_help("`purlin migrate deploy` makes it"))
}

fn refuse_open_migrations(database: &Database, status: &Status) -> Result<(), Failure> {
    if let Some(problem) = &status.problem {
        return Err(Failure::problem("MIGRATION", problem.clone()));
    }
    if status.pending.is_empty() {
        return Ok(());
    }
    let list = status.pending.join("\n  - ");
    let message = format!("datasource {}: these migrations are not applied yet:\n  - {list}", database.name);
    Err(Failure::problem("PENDING_MIGRATIONS", message).with_help("run `purlin migrate deploy` first"))
}

fn drift(database: &Database, status: &Status) -> Vec<String> {
    let steps = status
        .drift
        .iter()
        .map(|step| format!("datasource {}: changed by something else than Purlin: {step}", database.name));
    steps.collect()
}

/// From the migrations where there are any, else straight from the schema.
fn create(app: &Path, database: &Database, schema: &Schema) -> Result<Fit, Failure> {
    let (migrator, mut connection) = migrator(app, database)?;
    let failed = |error| migration_failure(&error);
    let consent = Consent::default();
    let deployed = migrator.deploy(&mut *connection, &consent.accepted).map_err(failed)?;
    let made = if deployed.migrations.is_empty() {
        migrator.dev(schema, &mut *connection, &consent).map_err(failed)?;
        "the schema".to_owned()
    } else {
        counted(deployed.migrations.len(), "migration")
    };
    drop(connection);
    let mut fit = require_fit(app, database, schema, Missing::Refuse)?;
    fit.notes.push(format!("made the database {} from {made}", database.place));
    Ok(fit)
}
