//! Everything that can go wrong while migrating. Each message names the datasource or the
//! migration, and what to do.

use std::path::PathBuf;

use crate::connection::{DatabaseError, Failure};
use crate::diff::Question;
use crate::guard::Finding;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The schema cannot stand in this database.
    #[error("datasource \"{datasource}\" cannot hold this schema:{}", list(problems))]
    Unfit { datasource: String, problems: Vec<String> },
    #[error("the schema has mistakes; `purlin check` shows them:{}", list(problems))]
    Schema { problems: Vec<String> },
    #[error("`{flag}` is not understood; write {expected}")]
    Flag { flag: String, expected: &'static str },
    #[error("\"{name}\" is no name for a migration; use letters, digits and _, such as add_posts")]
    Name { name: String },
    #[error(
        "datasource \"{datasource}\": a rename cannot be told from a drop:{}\nanswer with the flags, or put @renamedFrom(\"old\") into the schema",
        list(&questions.iter().map(|question| format!("{question} ({})", question.flags().join(", or "))).collect::<Vec<_>>())
    )]
    Unanswered { datasource: String, questions: Vec<Question> },
    /// Data would be lost, or the data at hand does not fit.
    #[error(
        "datasource \"{datasource}\"{}: stopped before anything was changed:{}",
        of_migration(migration.as_ref()),
        list(&findings.iter().map(ToString::to_string).collect::<Vec<_>>())
    )]
    Guarded { datasource: String, migration: Option<String>, findings: Vec<Finding> },
    #[error(
        "datasource \"{datasource}\"{}: statement {number} of {total} failed: {source}\n{statement}\nEverything of it was rolled back. {}",
        of_migration(migration.as_ref()),
        advice(source, migration.as_ref())
    )]
    Statement {
        datasource: String,
        migration: Option<String>,
        number: usize,
        total: usize,
        statement: String,
        source: DatabaseError,
    },
    /// On an engine that commits each statement.
    #[error(
        "datasource \"{datasource}\"{}: statement {} of {total} failed: {source}\n{statement}\n{}",
        of_migration(migration.as_ref()),
        committed + 1,
        resume(*committed, *total, migration.as_ref())
    )]
    Stopped {
        datasource: String,
        migration: Option<String>,
        /// How many statements are done and stay.
        committed: u32,
        total: u32,
        statement: String,
        source: DatabaseError,
    },
    #[error(
        "datasource \"{datasource}\"{}: rolled back, since afterwards something would not fit:{}",
        of_migration(migration.as_ref()),
        list(problems)
    )]
    Broken { datasource: String, migration: Option<String>, problems: Vec<String> },
    #[error("datasource \"{datasource}\": cannot {action}: {source}{}", hint(source))]
    Database { datasource: String, action: &'static str, source: DatabaseError },
    #[error(
        "datasource \"{datasource}\": no copy could be made before a destructive change: {source}; nothing was changed. Free some space or make the folder writable, then run it again{}",
        hint(source)
    )]
    Backup { datasource: String, source: DatabaseError },
    #[error(
        "datasource \"{datasource}\": migration {migration} was changed after it was applied. Restore its up.sql from version control, and put the change into a new migration"
    )]
    Edited { datasource: String, migration: String },
    #[error(
        "datasource \"{datasource}\": the database has applied {migration}, which is not in {}. Check out the branch that has it, or restore its folder",
        folder.display()
    )]
    Unknown { datasource: String, migration: String, folder: PathBuf },
    #[error(
        "datasource \"{datasource}\": {migration} comes before {applied}, which is already applied. Write it anew on top: delete its folder and run `purlin migrate dev`"
    )]
    OutOfOrder { datasource: String, migration: String, applied: String },
    #[error(
        "datasource \"{datasource}\": {first} and {second} both continue {}. They come from two branches: `purlin migrate rebase NAME` writes the one that is applied nowhere else yet anew on top of the other",
        parent.as_deref().unwrap_or("the empty database")
    )]
    Forked { datasource: String, first: String, second: String, parent: Option<String> },
    #[error("{}: {reason}. Restore it from version control", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error(
        "datasource \"{datasource}\": migration {migration} was started at {started_at} and never finished. Look at what it left, repair it, then delete or complete its row in _purlin_migrations"
    )]
    Unfinished { datasource: String, migration: String, started_at: String },
    #[error(
        "datasource \"{datasource}\": the rollback of {migration} stopped half-way, {done} of {total} statements are done: `purlin migrate rollback` goes on with it"
    )]
    HalfRolledBack { datasource: String, migration: String, done: usize, total: usize },
    #[error(
        "datasource \"{datasource}\": old and new copies of the app cannot serve at once:{}",
        list(refusals)
    )]
    NotAtOnce { datasource: String, refusals: Vec<String> },
    #[error(
        "datasource \"{datasource}\": {migration} is not for a rolling upgrade, since copies from before it would fail:{}\nwrite it in two parts with `purlin migrate dev --split`, or apply it with all copies stopped, without --only",
        list(reasons)
    )]
    Breaking { datasource: String, migration: String, reasons: Vec<String> },
    #[error(
        "datasource \"{datasource}\": {migration} stands for migrations of which this database has only some; it lacks:{}\ncheck out the version before they were squashed, run `purlin migrate deploy` there, and then here",
        list(missing)
    )]
    HalfSquashed { datasource: String, migration: String, applied: Vec<String>, missing: Vec<String> },
    #[error("datasource \"{datasource}\": {reason}")]
    NotPossible { datasource: String, reason: String },
    #[error(
        "datasource \"{datasource}\": this database carries changes that no migration records (`purlin dev` made them). Run `purlin migrate dev` to record them, or deploy to another database"
    )]
    Unrecorded { datasource: String },
    #[error(
        "datasource \"{datasource}\": the database already has tables that no migration made: {}. Deploy to an empty database, or take this one over with `purlin migrate dev`",
        tables.join(", ")
    )]
    NotEmpty { datasource: String, tables: Vec<String> },
    #[error(
        "datasource \"{datasource}\": the database has a history of Purlin already; `purlin migrate status` tells it"
    )]
    HasHistory { datasource: String },
    #[error(
        "datasource \"{datasource}\": the database has none of the schema's tables, so that there is nothing to take over. `purlin migrate dev` writes a first migration"
    )]
    NothingThere { datasource: String },
    #[error(
        "datasource \"{datasource}\": the database is not what {} says; this would have to be done to it:{}\n{}",
        migration.as_ref().map_or("the schema".to_owned(), |id| format!("migration {id}")),
        list(differences),
        if migration.is_some() {
            "name the last migration that it is with --upto NAME, and apply the others with `purlin migrate deploy`"
        } else {
            "`purlin db pull` takes the database into the schema and marks what only the schema has: delete that before the baseline, and put it back after it, when `purlin migrate dev` writes it as a migration"
        }
    )]
    NotAsSaid { datasource: String, migration: Option<String>, differences: Vec<String> },
    #[error("datasource \"{datasource}\": there is no migration {name}; there are:{}", list(known))]
    NoMigration { datasource: String, name: String, known: Vec<String> },
    #[error(
        "datasource \"{datasource}\": migrations of Prisma did not end well:{}\nfinish them with Prisma (`prisma migrate deploy` or `prisma migrate resolve`), then run this again",
        list(migrations)
    )]
    PrismaUnfinished { datasource: String, migrations: Vec<String> },
    #[error(
        "datasource \"{datasource}\": the database changed while the plan was made; run the command again"
    )]
    Stale { datasource: String },
    #[error(
        "datasource \"{datasource}\": the migrations are for {found}, and this database is {expected}. Each engine has its own history"
    )]
    OtherDialect { datasource: String, found: String, expected: String },
    #[error(
        "datasource \"{datasource}\": another migration has held the lock for more than {seconds} seconds{}",
        holder.as_ref().map(|holder| format!(": {holder}")).unwrap_or_default()
    )]
    Locked { datasource: String, seconds: u64, holder: Option<String> },
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
}

fn list(items: &[String]) -> String {
    items.iter().fold(String::new(), |text, item| text + "\n  - " + &item.replace('\n', "\n    "))
}

fn of_migration(migration: Option<&String>) -> String {
    migration.map_or_else(String::new, |name| {
        let kind = if name.starts_with("rollback of ") { "" } else { "migration " };
        format!(", {kind}{name}")
    })
}

fn advice(source: &DatabaseError, migration: Option<&String>) -> &'static str {
    match (source.failure, migration) {
        (Failure::Busy, _) => "Another program holds the database: close it and run the command again.",
        (Failure::Storage, _) => "Free some space or make the file writable, then run it again.",
        (Failure::Damaged, _) => "The file is damaged: restore a copy.",
        (Failure::Changed | Failure::AlreadyDone | Failure::Other, Some(_)) => {
            "Correct the data or the migration's statements, then run it again."
        }
        (Failure::Changed | Failure::AlreadyDone | Failure::Other, None) => {
            "Correct the data or the schema, then run it again."
        }
    }
}

fn resume(committed: u32, total: u32, migration: Option<&String>) -> String {
    let done = match committed {
        0 => "Nothing is changed.".to_owned(),
        1 => format!("1 of {total} statements is committed, and this engine cannot take it back."),
        _ => {
            format!("{committed} of {total} statements are committed, and this engine cannot take them back.")
        }
    };
    let next = if migration.is_some() {
        format!(
            "Correct the data, or this statement in the migration's files, and run it again: it goes on with statement {}.",
            committed + 1
        )
    } else {
        "Correct the data or the schema, and run it again: the rest is planned from what is there.".to_owned()
    };
    format!("{done} {next}")
}

fn hint(source: &DatabaseError) -> &'static str {
    match source.failure {
        Failure::Busy => "; another program holds the database: close it and run the command again",
        Failure::Storage => "; free some space or make the file and its folder writable",
        Failure::Damaged => "; the file is no database or is damaged: restore a copy, or name another file",
        Failure::Changed | Failure::AlreadyDone | Failure::Other => "",
    }
}
