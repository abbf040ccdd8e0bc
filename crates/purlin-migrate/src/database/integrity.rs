//! What a change must leave whole: rows that refer to rows, and triggers and views, which SQLite
//! drops with a rebuilt table or leaves pointing at nothing. Faults that were there before are
//! not this change's.

use std::collections::BTreeMap;

use super::session::Session;
use crate::error::Error;
use crate::render::sqlite::{identifier, literal};
use crate::script::token::meaningful;

pub(crate) struct Integrity {
    /// Rows without a parent, by (child table, parent table).
    orphans: BTreeMap<(String, String), u64>,
    triggers: Vec<Trigger>,
    /// Triggers and views that did not even compile.
    faults: BTreeMap<String, String>,
}

struct Trigger {
    name: String,
    sql: String,
}

impl Integrity {
    pub(super) fn read(session: &mut Session<'_>) -> Result<Self, Error> {
        let triggers = session.query(
            "read triggers",
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL ORDER BY rowid",
            &[],
        )?;
        let triggers = triggers
            .into_iter()
            .filter_map(|row| {
                let mut values = row.into_iter();
                Some(Trigger { name: values.next()??, sql: values.next()?? })
            })
            .collect();
        Ok(Self { orphans: orphans(session)?, triggers, faults: faults(session)? })
    }

    /// Brings lost triggers back first.
    pub(super) fn problems_since(&self, session: &mut Session<'_>) -> Result<Vec<String>, Error> {
        let mut problems = self.restore_triggers(session)?;
        for (object, fault) in faults(session)? {
            if !self.faults.contains_key(&object) {
                problems.push(format!(
                    "{object} no longer fits: {fault}; change or drop it in the migration's up.sql"
                ));
            }
        }
        for ((child, parent), count) in orphans(session)? {
            let before = self.orphans.get(&(child.clone(), parent.clone())).copied().unwrap_or(0);
            if count > before {
                problems.push(format!(
                    "{} rows of \"{child}\" would refer to no row of \"{parent}\"; correct or delete them first",
                    count - before
                ));
            }
        }
        Ok(problems)
    }

    fn restore_triggers(&self, session: &mut Session<'_>) -> Result<Vec<String>, Error> {
        let mut problems = Vec::new();
        for trigger in &self.triggers {
            let exists = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ?1";
            if !session.query("read triggers", exists, &[&trigger.name])?.is_empty() {
                continue;
            }
            // A trigger goes with its table, and a migration may drop one by name.
            let table =
                "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE";
            let Some(on) = table_of(&trigger.sql) else { continue };
            if session.query("read triggers", table, &[&on])?.is_empty() {
                continue;
            }
            if let Err(error) = session.connection.execute(&trigger.sql, &[]) {
                problems.push(format!(
                    "trigger \"{}\" no longer fits: {error}; drop it in the migration's up.sql, or make it fit",
                    trigger.name
                ));
            }
        }
        Ok(problems)
    }
}

/// The name after `ON` in `CREATE TRIGGER … ON "table"`.
fn table_of(sql: &str) -> Option<String> {
    let tokens = meaningful(sql);
    let on = tokens.iter().position(|token| token.is_word("ON"))?;
    tokens.get(on + 1).map(crate::script::token::Token::name)
}

fn orphans(session: &mut Session<'_>) -> Result<BTreeMap<(String, String), u64>, Error> {
    let sql = "SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2";
    let mut found = BTreeMap::new();
    for row in session.query("check foreign keys", sql, &[])? {
        if let [Some(child), Some(parent), Some(count)] = row.as_slice() {
            found.insert((child.clone(), parent.clone()), count.parse().unwrap_or(0));
        }
    }
    Ok(found)
}

/// Views, and tables with triggers, whose statements no longer compile: `EXPLAIN` compiles
/// without running.
fn faults(session: &mut Session<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    let views = "SELECT name FROM sqlite_master WHERE type = 'view'";
    for view in names(session, views)? {
        let sql = format!("EXPLAIN SELECT * FROM {}", identifier(&view));
        if let Err(error) = session.connection.query(&sql, &[]) {
            found.insert(format!("view \"{view}\""), error.to_string());
        }
    }
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' \
                  AND name IN (SELECT tbl_name FROM sqlite_master WHERE type = 'trigger')";
    for table in names(session, tables)? {
        let name = identifier(&table);
        let columns = format!("SELECT name FROM pragma_table_info({})", literal(&table));
        let set: Vec<String> =
            names(session, &columns)?.iter().map(|column| format!("{0} = {0}", identifier(column))).collect();
        for sql in [
            format!("EXPLAIN INSERT INTO {name} DEFAULT VALUES"),
            format!("EXPLAIN UPDATE {name} SET {}", set.join(", ")),
            format!("EXPLAIN DELETE FROM {name}"),
        ] {
            if let Err(error) = session.connection.query(&sql, &[]) {
                found.insert(format!("a trigger of \"{table}\""), error.to_string());
            }
        }
    }
    Ok(found)
}

fn names(session: &mut Session<'_>, sql: &str) -> Result<Vec<String>, Error> {
    let rows = session.query("read triggers and views", sql, &[])?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}
