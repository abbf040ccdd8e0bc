//! `purlin db pull` and `purlin migrate baseline` on a real file: five lines that take over a database of Prisma.

use std::fs;

use crate::app::App;
use crate::server::Server;

const TABLES: &str = "
CREATE TABLE \"_prisma_migrations\" (\"id\" TEXT PRIMARY KEY NOT NULL, \"migration_name\" TEXT NOT NULL,
  \"started_at\" DATETIME NOT NULL, \"finished_at\" DATETIME, \"rolled_back_at\" DATETIME);
INSERT INTO \"_prisma_migrations\" VALUES ('1', '20230101_init', 1, 2, NULL);
CREATE TABLE \"users\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL, \"password\" TEXT,
  \"created_at\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE UNIQUE INDEX \"users_email_key\" ON \"users\"(\"email\");
CREATE TABLE \"Post\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"title\" TEXT NOT NULL, \"authorId\" INTEGER NOT NULL,
  CONSTRAINT \"Post_authorId_fkey\" FOREIGN KEY (\"authorId\") REFERENCES \"users\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE);
INSERT INTO users VALUES (1, 'ada@example.com', NULL, 1700000000000);
INSERT INTO Post VALUES (1, 'keep', 1);";

const URL: &str = "DATABASE_URL=file:./old.db\nJWT_SECRET=0123456789abcdef0123456789abcdef\n";

/// An app folder without a schema, beside a database.
fn app(tables: &str) -> App {
    let app = App::with_schema("");
    fs::remove_file(app.path.join("schema.zmodel")).unwrap();
    app.write(".env", URL);
    execute(&app, tables);
    app
}

fn execute(app: &App, sql: &str) {
    rusqlite::Connection::open(app.path.join("old.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_database_of_prisma_is_taken_over() {
    let app = app(TABLES);
    let printed = app.run(&["db", "pull", "--print"], 0);
    assert!(
        printed.stdout.contains("model Post {") && !app.path.join("schema.zmodel").exists(),
        "{printed:?}"
    );
    let pulled = app.run(&["db", "pull"], 0);
    assert!(pulled.stdout.contains("wrote") && pulled.stdout.contains("closed to everybody"), "{pulled:?}");
    app.run(&["check"], 0);
    app.run(&["fmt", "--check"], 0);
    assert!(app.run(&["db", "pull"], 0).stdout.contains("nothing to change"));

    let taken = app.json(&["migrate", "baseline", "--name", "From Prisma"], 0);
    assert_eq!(taken["ofPrisma"][0], "20230101_init", "{taken}");
    assert!(taken["notes"][0].as_str().unwrap().contains("times in users.created_at"), "{taken}");
    assert!(taken["recorded"][0].as_str().unwrap().ends_with("_from_prisma"), "{taken}");
    assert!(app.run(&["migrate", "status"], 0).stdout.contains("database, migrations and schema agree"));
    assert!(app.run(&["migrate", "dev"], 0).stdout.contains("there is nothing to write"));
    assert!(app.run(&["migrate", "deploy"], 0).stdout.contains("nothing to do"));
    app.edit("model Post {", "model Post {\n  @@allow('read', true)");
    let server = Server::start(&app.path, &["serve", "--port", "0"]);
    assert_eq!(server.get("/api/posts").1["data"][0]["title"], "keep");
    assert_eq!(server.get("/api/users").0, 401);
}

#[test]
fn what_was_written_stays_when_the_database_changes() {
    let app = app(TABLES);
    app.run(&["db", "pull"], 0);
    app.edit("model Post {", "/// What people write.\nmodel Post {\n  @@allow('read', true) // everybody");
    execute(&app, "ALTER TABLE Post ADD COLUMN score REAL; ALTER TABLE users DROP COLUMN password;");
    let pulled = app.json(&["db", "pull"], 0);
    assert_eq!(
        (&pulled["changes"][0], &pulled["gone"][0]),
        (&"Post.score: added".into(), &"User.password".into())
    );
    let schema = app.read("schema.zmodel");
    for part in [
        "/// What people write.",
        "@@allow('read', true) // everybody",
        "score    Float?",
        "(db pull): the column \"password\"",
    ] {
        assert!(schema.contains(part), "{part} in:\n{schema}");
    }
    let refused = app.run(&["migrate", "baseline"], 1);
    assert!(refused.stderr.contains("add column \"password\""), "{refused:?}");
}

#[test]
fn what_cannot_be_pulled_is_said() {
    let app = app("");
    let empty = app.run(&["db", "pull"], 1);
    assert!(empty.stderr.contains("has no table for a model"), "{empty:?}");
    app.write(".env", "DATABASE_URL=file:./none.db\n");
    let missing = app.run(&["db", "pull"], 1);
    assert!(missing.stderr.contains("there is no database at none.db"), "{missing:?}");
    app.write(".env", "DATABASE_URL=mongodb://localhost/app\n");
    let mongo = app.run(&["db", "pull"], 1);
    assert!(
        mongo.stderr.contains("declares no structure") && mongo.stderr.contains("schema.prisma"),
        "{mongo:?}"
    );
    app.write(".env", "");
    let unset = app.run(&["db", "pull"], 1);
    assert!(unset.stderr.contains("set DATABASE_URL"), "{unset:?}");
    app.write("schema.zmodel", "model A { id Int }");
    let broken = app.run(&["db", "pull"], 1);
    assert!(broken.stderr.contains("no field that names one row"), "{broken:?}");
}
