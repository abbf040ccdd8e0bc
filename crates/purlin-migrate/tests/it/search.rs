//! The search index of an SQLite table follows its rows, whoever writes them, and its columns.

use crate::app::{App, flags, nothing};

const SCHEMA: &str = "model User { id Int @id\n posts Post[] }
model Post { id String @id\n author User @relation(fields: [authorId], references: [id], onDelete: Cascade)
 authorId Int\n title String\n body String?\n size Int?\n @@fulltext([title, body]) }";

/// The rows that the index offers for a word.
fn offered(app: &mut App, index: &str, word: &str) -> String {
    let of = index.trim_start_matches("_purlin_search_");
    app.database.rows(&format!(
        "SELECT * FROM (SELECT id FROM \"{of}\" WHERE rowid IN (SELECT rowid FROM \"{index}\" WHERE \"{index}\" MATCH '{word}')) \
         ORDER BY 1"
    ))
}

#[test]
fn index_follows_the_rows() {
    let mut app = App::new();
    // One row is there before the index.
    app.dev(&SCHEMA.replace("@@fulltext([title, body])", ""), &nothing()).unwrap();
    app.database.run(
        "PRAGMA foreign_keys = ON; INSERT INTO User VALUES (1), (2); \
         INSERT INTO Post (id, authorId, title) VALUES ('a', 1, 'Stone')",
    );
    app.dev(SCHEMA, &nothing()).unwrap();
    app.database.run(
        "INSERT INTO Post (id, authorId, title, body) VALUES ('b', 1, 'x', 'the stone, (lime)'), ('c', 2, 'Äton', NULL)",
    );
    let index = "_purlin_search_Post";
    assert_eq!(offered(&mut app, index, "stone"), "a\nb");
    app.database
        .run("UPDATE Post SET body = 'chalk' WHERE id = 'b'; UPDATE Post SET id = 'd' WHERE id = 'c'");
    assert_eq!(
        (offered(&mut app, index, "stone"), offered(&mut app, index, "äton")),
        ("a".into(), "d".into())
    );
    app.database.run("DELETE FROM User WHERE id = 1");
    assert_eq!(
        (offered(&mut app, index, "stone"), offered(&mut app, index, "chalk")),
        (String::new(), String::new())
    );
    assert_eq!(
        app.database.rows(&format!("SELECT count(*) FROM \"{index}\" WHERE \"{index}\" MATCH 'stone'")),
        "0"
    );

    // A table that is made anew gives its rows other numbers.
    app.database.run("INSERT INTO Post (id, authorId, title) VALUES ('e', 2, 'sand'), ('f', 2, 'stone')");
    app.database.run("DELETE FROM Post WHERE id = 'd'");
    let rebuilt = SCHEMA.replace("size Int?", "size String?");
    app.dev(&rebuilt, &nothing()).unwrap();
    assert_eq!(offered(&mut app, index, "stone"), "f");
    let renamed =
        rebuilt.replace("title", "headline").replace("model Post", "model Text").replace("Post[]", "Text[]");
    app.dev(&renamed, &flags(&["--rename Post=Text", "--rename Text.title=headline"])).unwrap();
    app.database.run("UPDATE Text SET headline = 'granite' WHERE id = 'e'");
    let index = "_purlin_search_Text";
    assert_eq!(
        (offered(&mut app, index, "stone"), offered(&mut app, index, "granite")),
        ("f".into(), "e".into())
    );

    // A trigger of the app's own stays.
    app.database.run("CREATE TRIGGER mine AFTER DELETE ON Text BEGIN UPDATE User SET id = id; END");
    assert!(app.drift(&renamed).is_empty());
    app.dev(&renamed.replace("\n @@fulltext([headline, body])", ""), &nothing()).unwrap();
    let left = "SELECT name FROM sqlite_master WHERE name LIKE '%search%' OR type = 'trigger'";
    assert_eq!(app.database.rows(left), "mine");
}

#[test]
fn an_index_that_somebody_dropped_has_drifted() {
    let mut app = App::new();
    app.record(SCHEMA, "one", &nothing()).unwrap();
    app.database.run("DROP TRIGGER _purlin_search_Post_update");
    assert_eq!(app.drift(SCHEMA), ["Post._purlin_search_Post"]);
}
