//! The index of a model's `@@fulltext`: a table of FTS5 that holds the words of a row's texts under the row's number, kept
//! by triggers without functions of Purlin's, so that any SQLite can write the table.

use purlin_schema::model::Model;
use purlin_sql::dialect::sqlite::{SEARCH_MODULE, SEARCH_PREFIX, search_table, search_text};

use super::create::{identifier, literal};
use crate::database::Session;
use crate::error::Error;
use crate::physical::{Index, Table};
use crate::script::token::{Token, TokenKind, meaningful};

const INSERT: &str = "insert";

/// `None` where a column hides the row's number.
pub(super) fn name(model: &Model) -> Option<String> {
    search_table(model)
}

fn trigger(index: &str, event: &str) -> String {
    identifier(&format!("{index}_{event}"))
}

/// With what the table already holds.
pub(super) fn create(table: &Table, index: &Index) -> Vec<String> {
    let (name, of) = (identifier(&index.name), identifier(&table.name));
    let columns: Vec<&str> = index.parts.iter().filter_map(|part| part.key.column()).collect();
    let texts = |row: &str| {
        let texts: Vec<String> =
            columns.iter().map(|column| format!("coalesce({row}{}, '')", identifier(column))).collect();
        search_text(&format!("({})", texts.join(" || ' ' || ")))
    };
    let add = format!("INSERT INTO {name} (rowid, words) VALUES (new.rowid, {});", texts("new."));
    // What has no text of its own forgets a row only when it is told what it held.
    let forget =
        format!("INSERT INTO {name} ({name}, rowid, words) VALUES ('delete', old.rowid, {});", texts("old."));
    let watched: Vec<String> = table
        .key_columns()
        .iter()
        .map(String::as_str)
        .chain(columns.iter().copied())
        .map(identifier)
        .collect();
    let differs = |name: &str| format!("old.{name} IS NOT new.{name}");
    let texts_differ = columns.iter().map(|column| differs(&identifier(column)));
    let changed: Vec<String> = std::iter::once(differs("rowid")).chain(texts_differ).collect();
    let on = |event: &str, when: &str, body: &str| {
        format!("CREATE TRIGGER {} AFTER {when} BEGIN\n    {body}\nEND", trigger(&index.name, event))
    };
    let update = format!("UPDATE OF {} ON {of} WHEN {}", watched.join(", "), changed.join(" OR "));
    vec![
        format!("CREATE VIRTUAL TABLE {name} USING {SEARCH_MODULE}"),
        format!("INSERT INTO {name} (rowid, words) SELECT rowid, {} FROM {of}", texts("")),
        on(INSERT, &format!("INSERT ON {of}"), &add),
        on("delete", &format!("DELETE ON {of}"), &forget),
        on("update", &update, &format!("{forget}\n    {add}")),
    ]
}

pub(super) fn drop(index: &Index) -> Vec<String> {
    let mut all: Vec<String> = [INSERT, "delete", "update"]
        .iter()
        .map(|event| format!("DROP TRIGGER IF EXISTS {}", trigger(&index.name, event)))
        .collect();
    all.push(format!("DROP TABLE IF EXISTS {}", identifier(&index.name)));
    all
}

/// That of a table, if it is whole.
pub(super) fn read(session: &mut Session<'_>, table: &str) -> Result<Option<Index>, Error> {
    let name = format!("{SEARCH_PREFIX}{table}");
    let sql = format!(
        "SELECT t.sql FROM sqlite_master AS t JOIN sqlite_master AS f ON f.type = 'table' AND f.name = {0} \
         WHERE t.type = 'trigger' AND t.tbl_name = ?1 COLLATE NOCASE AND t.name = {0} || '_{INSERT}' \
         AND 2 = (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' \
         AND name IN ({0} || '_delete', {0} || '_update'))",
        literal(&name)
    );
    let rows = session.query("read the database's structure", &sql, &[table])?;
    let Some(sql) = rows.into_iter().flatten().flatten().next() else { return Ok(None) };
    Ok(Some(Index::search(name, columns(&sql))))
}

/// The columns of the new row that the trigger hands on; renaming a column changes it there.
fn columns(sql: &str) -> Vec<String> {
    let tokens = meaningful(sql);
    let mut found = Vec::new();
    for window in tokens.windows(3) {
        if let [row, point, column] = window
            && row.is_word("new")
            && point.is_symbol(".")
            && !(column.kind == TokenKind::Word && column.is_word("rowid"))
        {
            let name = Token::name(column);
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn reads_the_columns() {
        let sql = "CREATE TRIGGER x AFTER INSERT ON \"Post\" BEGIN INSERT INTO f (rowid, words) \
                   VALUES (new.rowid, coalesce(new.\"title\", '') || ' ' || coalesce(new.\"the \"\"body\", '')); END";
        assert_eq!(columns(sql), ["title", "the \"body"]);
    }
}
