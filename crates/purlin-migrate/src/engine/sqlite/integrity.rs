//! What a change must leave whole: rows that refer to rows, and triggers and views that still
//! compile. Faults that were there before are not this change's.

use std::collections::BTreeMap;

use super::create::{identifier, literal};
use crate::database::Session;
use crate::error::Error;

pub(super) struct Integrity {
    /// Rows without a parent, by (child table, parent table).
    orphans: BTreeMap<(String, String), u64>,
    /// Triggers and views that did not even compile.
    faults: BTreeMap<String, String>,
}

impl Integrity {
    pub(super) fn read(session: &mut Session<'_>) -> Result<Self, Error> {
        Ok(Self { orphans: orphans(session)?, faults: faults(session)? })
    }

    pub(super) fn problems_since(&self, session: &mut Session<'_>) -> Result<Vec<String>, Error> {
        let mut problems = Vec::new();
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
