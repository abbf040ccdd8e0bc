//! SQLite drops a table's triggers with the table, also when a rebuilt one takes its name at
//! once. They are noted as they are just before that, under all new names, and brought back.

use crate::database::Session;
use crate::error::Error;
use crate::script::token::{Token, meaningful};

#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    name: String,
    table: String,
    sql: String,
}

/// Those that go with the table, if the statement drops one.
pub(super) fn dropped_by(session: &mut Session<'_>, statement: &str) -> Result<Vec<Trigger>, Error> {
    let tokens = meaningful(statement);
    let table = match tokens.as_slice() {
        [drop, table, rest @ ..] if drop.is_word("DROP") && table.is_word("TABLE") => match rest {
            [condition, exists, name, ..] if condition.is_word("IF") && exists.is_word("EXISTS") => name,
            [name, ..] => name,
            [] => return Ok(Vec::new()),
        },
        _ => return Ok(Vec::new()),
    };
    let sql = "SELECT name, tbl_name, sql FROM sqlite_master \
               WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY rowid";
    let rows = session.query("read triggers", sql, &[&Token::name(table)])?;
    let trigger = |row: Vec<Option<String>>| {
        let mut values = row.into_iter().flatten();
        Some(Trigger { name: values.next()?, table: values.next()?, sql: values.next()? })
    };
    Ok(rows.into_iter().filter_map(trigger).collect())
}

/// Creates them anew where their table still is; says which no longer can be.
pub(super) fn restore(session: &mut Session<'_>, dropped: &[Trigger]) -> Result<Vec<String>, Error> {
    let mut problems = Vec::new();
    for trigger in dropped {
        let sql = "SELECT (SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE), \
                   (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?2 COLLATE NOCASE)";
        let rows = session.query("read triggers", sql, &[&trigger.table, &trigger.name])?;
        let counts: Vec<String> = rows.into_iter().flatten().flatten().collect();
        if counts != ["1", "0"] {
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
