//! What is refused, before anything is written, with everything that stands in the way.

use super::fixture::{SOURCE, app, at, file};
use crate::app::App;
use crate::engines::Engine;

const TARGET: &str = "file:./other.db";

/// An app with one empty table there, whose key is a time.
fn events(url: &str) -> App {
    let app = App::with_schema("model Event {\n  at DateTime @id\n  level Float?\n  ended DateTime?\n}\n");
    at(&app, url);
    app.write("seed.json", "{}");
    app.run(&["db", "seed"], 0);
    app
}

/// The error and its help, with what `change` has done to the source.
#[track_caller]
fn refused(app: &App, change: &str, url: &str, code: &str, parts: &[&str]) {
    file(app, SOURCE).execute_batch(&format!("PRAGMA foreign_keys = OFF; {change}")).unwrap();
    let failed = app.json(&["db", "move", "--to", url], 1);
    assert_eq!(failed["error"]["code"], code, "{failed}");
    let message = failed["error"]["message"].as_str().unwrap();
    for part in parts {
        assert!(message.contains(part), "{part} is not in:\n{message}");
    }
    assert!(failed["error"]["help"].is_string(), "{failed}");
}

mod sqlite {
    use super::*;

    #[test]
    fn values_that_no_request_could_have_written() {
        let app = app();
        refused(
            &app,
            "UPDATE \"Post\" SET at = 'yesterday', count = 3000000000 WHERE id = 'a'; \
             UPDATE \"Post\" SET count = 3000000001, roles = '[\"nobody\"]' WHERE id = 'b'; \
             UPDATE \"User\" SET role = 'gone' WHERE id = 9",
            TARGET,
            "DATA_DOES_NOT_FIT",
            &[
                "nothing was written",
                "Post.count must lie between -2147483648 and 2147483647: 2 rows, with the keys \"a\"; \"b\"",
                "Post.at must be an ISO 8601 date and time",
                "1 row, with the key \"a\"",
                "Post.roles element 0 must be one of member, boss",
                "User.role must be one of member, boss: 1 row, with the key 9",
            ],
        );
        assert!(!app.path.join("other.db").exists());
    }

    /// Of times as numbers, which other tools write, only the first page is found.
    #[test]
    fn rows_that_pages_leave_out() {
        let app = events(SOURCE);
        let table = "DROP TABLE \"Event\"; CREATE TABLE \"Event\" (at DATETIME NOT NULL PRIMARY KEY, level REAL, ended DATETIME); \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
             INSERT INTO \"Event\" (at) SELECT 1700000000000 + i FROM n";
        let line =
            "Event cannot be moved: Event has 3000 rows, and reading them in the order of the key gave 2048";
        refused(&app, table, TARGET, "DATA_DOES_NOT_FIT", &[line]);
        assert!(!app.path.join("other.db").exists());
    }

    #[test]
    fn values_that_are_read_as_none() {
        let app = events(SOURCE);
        let rows = "INSERT INTO \"Event\" VALUES ('2026-01-31T09:30:00.000Z', 9e999, NULL), \
             ('2026-01-31T09:30:00.001Z', NULL, NULL), ('2026-01-31T09:30:00.002Z', 0.5, NULL)";
        let line = "Event.level has a value that no answer can hold: 1 row";
        refused(&app, rows, TARGET, "DATA_DOES_NOT_FIT", &[line]);
        assert!(!app.path.join("other.db").exists());
    }

    #[test]
    fn keys_that_lead_nowhere() {
        let app = app();
        let change = "UPDATE \"Post\" SET \"authorId\" = 77 WHERE id <> 'a'; UPDATE \"User\" SET \"bestId\" = 78 WHERE id = 9";
        let lines = [
            "Post.author: 2 rows lead to no User, with the keys \"B\"; \"b\"",
            "User.best: 1 row lead to no User, with the key 9",
        ];
        refused(&app, change, TARGET, "DANGLING", &lines);
        assert!(!app.path.join("other.db").exists());
    }

    #[test]
    fn a_target_that_is_taken() {
        let app = app();
        file(&app, TARGET)
            .execute_batch("CREATE TABLE \"labels\" (id INTEGER); CREATE TABLE theirs (x)")
            .unwrap();
        refused(
            &app,
            "",
            TARGET,
            "NOT_EMPTY",
            &["other.db has something of the app already:\n  - table labels"],
        );
        file(&app, TARGET).execute_batch("DROP TABLE \"labels\"; INSERT INTO theirs VALUES (1)").unwrap();
        let bytes = std::fs::read(app.path.join("source.db")).unwrap();
        app.run(&["db", "move", "--to", TARGET], 0);
        assert!(bytes == std::fs::read(app.path.join("source.db")).unwrap(), "the source was written to");
        let theirs: i64 =
            file(&app, TARGET).query_row("SELECT sum(x) FROM theirs", [], |row| row.get(0)).unwrap();
        assert_eq!(theirs, 1, "tables of others stay");
    }

    #[test]
    fn wrong_use() {
        let app = app();
        let rows: [(&[&str], i32, &str); 6] = [
            (&["--to", "file:source.db"], 2, "--to names another place"),
            (
                &["--to", TARGET, "--datasource", "shop"],
                2,
                "no model stands in a datasource shop; there is db",
            ),
            (&[], 2, "--to <URL>"),
            (&["--to", "ftp://host/x"], 1, "of no engine that Purlin knows"),
            (&["--to", "postgresql://127.0.0.1:1/x"], 1, "127.0.0.1:1/x"),
            (&["--to", "mongodb://127.0.0.1:1"], 1, "names no database"),
        ];
        for (arguments, code, expected) in rows {
            let ran = app.run(&[&["db", "move"], arguments].concat(), code);
            assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
        }
        at(&app, "file:nothing.db");
        let ran = app.run(&["db", "move", "--to", TARGET], 1);
        assert!(ran.stderr.contains("there is no database at nothing.db"), "{}", ran.stderr);
        assert!(!app.path.join("nothing.db").exists());
    }

    #[test]
    fn one_of_several_datasources() {
        let schema = "datasource a {\n  provider = \"sqlite\"\n  url = env(\"A_URL\")\n}\n\
                      datasource b {\n  provider = \"sqlite\"\n  url = \"file:./b.db\"\n}\n\
                      model One {\n  id Int @id\n}\nmodel Two {\n  id Int @id\n  @@datasource(b)\n}\n";
        let app = App::with_schema(schema);
        app.write(".env", "A_URL=\"file:./a.db\"\n");
        app.write("seed.json", r#"{"One": [{"id": 1}], "Two": [{"id": 2}, {"id": 3}]}"#);
        app.run(&["db", "seed"], 0);
        let ran = app.run(&["db", "move", "--to", TARGET], 2);
        assert!(
            ran.stderr.contains("several datasources (a, b): name one with --datasource"),
            "{}",
            ran.stderr
        );
        let ran = app.run(&["db", "move", "--to", TARGET, "--datasource", "b"], 0);
        assert!(ran.stdout.contains("Two") && !ran.stdout.contains("One"), "{}", ran.stdout);
        assert!(ran.stdout.contains("into the datasource of the schema"), "{}", ran.stdout);
        let ran = app.run(&["db", "move", "--to", "file:./c.db", "--datasource", "a"], 0);
        assert!(ran.stdout.contains("now set A_URL to"), "{}", ran.stdout);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn texts_that_are_too_long_for_a_key() {
        let app = app();
        let base = Engine::MySql.database();
        let change = "UPDATE \"labels\" SET tag_name = printf('%0200d', id)";
        let expected = "Tag.name is longer than 191, which is all that its column holds there: 2 rows, with the keys 3; 4";
        refused(&app, change, base.url.as_deref().unwrap(), "DATA_DOES_NOT_FIT", &[expected]);
    }
}

mod postgres {
    use super::*;

    use purlin_store_postgres::{Address, open_to_look};

    /// What the move of it into a file says.
    fn refused_there(statements: &[&str]) -> String {
        let base = Engine::Postgres.database();
        let url = base.url.as_deref().unwrap();
        let app = events(url);
        let mut connection = open_to_look(&Address::parse(url).unwrap()).unwrap();
        for statement in statements {
            connection.query(statement, &[]).unwrap();
        }
        let failed = app.json(&["db", "move", "--to", TARGET], 1);
        assert!(!app.path.join("other.db").exists());
        failed["error"]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn values_that_are_read_as_none() {
        let rows = "INSERT INTO \"Event\" VALUES ('2026-01-31T09:30:00Z', 'NaN', 'infinity'), \
                    ('2026-01-31T09:30:01Z', NULL, '-infinity'), ('2026-01-31T09:30:02Z', 0.5, NULL)";
        let message = refused_there(&[rows]);
        for line in [
            "Event.level has a value that no answer can hold: 1 row",
            "Event.ended has a value that no answer can hold: 2 rows",
        ] {
            assert!(message.contains(line), "{message}");
        }
    }

    /// Behind the last row of a page, as it is read, stands that row.
    #[test]
    fn keys_that_are_finer_than_they_are_read() {
        let message = refused_there(&[
            "ALTER TABLE \"Event\" ALTER COLUMN at TYPE timestamptz(6)",
            "INSERT INTO \"Event\" SELECT '2026-01-31T09:30:00Z'::timestamptz + i * interval '1.001 ms' \
             FROM generate_series(1, 3000) i",
        ]);
        assert!(
            message.contains("Event cannot be read") && message.contains("several rows have the key"),
            "{message}"
        );
    }

    #[test]
    fn rows_that_the_target_refuses_are_named() {
        let app = app();
        let base = Engine::Postgres.database();
        let url = base.url.as_deref().unwrap();
        app.edit(
            "\nmodel User",
            "\ndatasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n\nmodel User",
        );
        app.edit("count    Int?", "count    Int? @db.SmallInt");
        let change =
            "UPDATE \"Post\" SET count = 40000 WHERE id <> 'a'; UPDATE \"Post\" SET count = 7 WHERE id = 'a'";
        refused(
            &app,
            change,
            url,
            "DATA_DOES_NOT_FIT",
            &["the target refuses 2 of 3 rows of Post", "\"B\"; \"b\""],
        );
        file(&app, SOURCE).execute_batch("UPDATE \"Post\" SET count = 8 WHERE id <> 'a'").unwrap();
        app.run(&["db", "move", "--to", url], 0);
    }
}
