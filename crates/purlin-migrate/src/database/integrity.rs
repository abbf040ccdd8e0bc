//! What a change must leave whole: rows that refer to rows, and triggers and views, which SQLite
//! drops with a rebuilt table or leaves pointing at nothing. Faults that were there before are
//! not this change's.

use std::collections::BTreeMap;

use super::session::Session;
use crate::error::Error;
use crate::render::sqlite::identifier;
use crate::script::token::meaningful;

pub(crate) struct Integrity {
    /// Rows without a parent, by (child table, parent table).
    orphans: BTreeMap<(String, String), u64>,
    triggers: Vec<Trigger>,
    /// Whether triggers and views could be read at all.
    is_sound: bool,
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
        Ok(Self { orphans: orphans(session)?, triggers, is_sound: unsound_object(session)?.is_none() })
    }

    /// Brings lost triggers back first.
    pub(super) fn problems_since(&self, session: &mut Session<'_>) -> Result<Vec<String>, Error> {
        let mut problems = self.restore_triggers(session)?;
        if self.is_sound
            && let Some(problem) = unsound_object(session)?
        {
            problems.push(format!("{problem}; change or drop it in the migration's up.sql"));
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

/// SQLite reads every trigger and view when a table is renamed, and names the first that refers
/// to what is not there.
fn unsound_object(session: &mut Session<'_>) -> Result<Option<String>, Error> {
    let any = "SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1";
    if session.query("read views", any, &[])?.is_empty() {
        return Ok(None);
    }
    let (from, to) = (identifier("_purlin_probe"), identifier("_purlin_probe_renamed"));
    session.execute("check views", "SAVEPOINT purlin_probe", &[])?;
    session.execute("check views", &format!("CREATE TABLE {from} (a)"), &[])?;
    let renamed = session.connection.execute(&format!("ALTER TABLE {from} RENAME TO {to}"), &[]);
    session.execute("check views", "ROLLBACK TO purlin_probe", &[])?;
    session.execute("check views", "RELEASE purlin_probe", &[])?;
    Ok(renamed.err().map(|error| error.to_string()))
}
