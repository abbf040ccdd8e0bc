//! `up.sql` and `down.sql`: statements under the step they belong to, so that a person can
//! review them. Comments do not count towards the checksum.

use super::Rendered;
use crate::dialect::MigrationDialect;
use crate::diff::{Change, Step};

pub(crate) fn up_script(id: &str, dialect: MigrationDialect, steps: &[Rendered]) -> String {
    let head = format!(
        "-- {id} ({})\n-- {}. May be edited until it is applied; after that, write a new migration.\n",
        dialect.as_str(),
        if dialect.engine().is_transactional() {
            "Runs in one transaction"
        } else {
            "Each statement is committed by itself; one that stopped half-way goes on where it stopped"
        }
    );
    steps.iter().fold(head, |text, step| text + &section(step))
}

pub(crate) fn down_script(id: &str, dialect: MigrationDialect, steps: &[Rendered]) -> String {
    let head = format!("-- The way back from {id} ({}).\n", dialect.as_str());
    steps.iter().fold(head, |text, step| text + &section(step))
}

/// The statements alone, each under its step.
pub(crate) fn sections(steps: &[Rendered]) -> String {
    steps.iter().map(section).collect::<String>().trim_start().to_owned()
}

/// Begins a line of `down.sql` that says what does not come back.
const IRREVERSIBLE: &str = "-- purlin:irreversible ";

/// What a `down.sql` says that it cannot bring back.
pub(crate) fn irreversible(down: &str) -> impl Iterator<Item = String> + '_ {
    down.lines().filter_map(|line| line.trim().strip_prefix(IRREVERSIBLE)).map(str::to_owned)
}

fn section(step: &Rendered) -> String {
    let mut text = format!("\n-- {}\n", step.title);
    for loss in &step.losses {
        text.push_str(IRREVERSIBLE);
        text.push_str(loss);
        text.push('\n');
    }
    if step.statements.is_empty() {
        text.push_str("-- nothing to do in the database\n");
    }
    for statement in &step.statements {
        text.push_str(statement);
        text.push_str(";\n");
    }
    text
}

/// What a step on the way down cannot restore.
pub(super) fn losses(step: &Step) -> Vec<String> {
    let column =
        |table: &str, column: &str| format!("the values of \"{table}\".\"{column}\" do not come back");
    match step {
        Step::CreateTable { table } => vec![format!("the rows of \"{}\" do not come back", table.name)],
        Step::AddColumn { table, column: added } => vec![column(table, &added.name)],
        Step::RebuildTable { to, changes, .. } | Step::AlterTable { to, changes, .. } => changes
            .iter()
            .filter_map(|change| match change {
                Change::AddColumn { column: added } => Some(column(&to.name, added)),
                Change::Type { column, from, to: into } => Some(format!(
                    "values of \"{}\".\"{column}\" that did not survive the change from {into} to {from} do not come back",
                    to.name
                )),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
