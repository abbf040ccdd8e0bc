//! `purlin migrate` on a real file, and what `purlin serve` makes of the state it leaves.

use std::fs;

use crate::app::App;
use crate::server::Server;

const SCHEMA: &str =
    "model Note {\n  id Int @id @default(autoincrement())\n  text String\n  @@allow('all', true)\n}\n";
const SERVE: &[&str] = &["serve", "--embedded", "--port", "0"];

/// Those that are not of built-in tables.
fn own_steps(steps: &serde_json::Value) -> usize {
    let steps = steps.as_array().unwrap().iter();
    steps.filter(|step| !step.as_str().unwrap().contains("\"_purlin_")).count()
}

#[test]
fn a_round_trip() {
    let app = App::with_schema(SCHEMA);
    let status = app.json(&["migrate", "status"], 1);
    assert_eq!(own_steps(&status["unwritten"]), 1, "{status}");
    assert!(!app.path.join(".purlin/db.db").exists(), "a look makes no database");

    let first = app.json(&["migrate", "dev", "--name", "First notes"], 0);
    let id = first["written"][0]["id"].as_str().unwrap();
    assert!(id.ends_with("_first_notes") && first["written"][0]["isApplied"] == true, "{first}");
    let mut files: Vec<_> = fs::read_dir(app.path.join("migrations/db").join(id))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["down.sql", "plan.json", "snapshot.json", "up.sql"]);
    assert!(app.run(&["migrate", "dev"], 0).stdout.contains("there is nothing to write"));
    assert_eq!(app.json(&["migrate", "status"], 0)["applied"][0]["id"], id);

    app.edit("  text String\n", "  text String\n  done Boolean @default(false)\n");
    let second = app.run(&["migrate", "dev", "--create-only"], 0);
    assert!(second.stdout.contains("add column \"done\""), "{second:?}");
    assert_eq!(app.json(&["migrate", "status"], 1)["pending"].as_array().map(Vec::len), Some(1));
    let mut refused = Server::launch(&app.path, SERVE);
    assert_eq!(refused.ended(), 1);
    assert!(refused.said().contains("run `purlin migrate deploy` first"), "{}", refused.said());

    let unset = app.run(&["migrate", "deploy"], 1);
    assert!(unset.stderr.contains("set DATABASE_URL"), "{unset:?}");
    let deployed = app.json(&["migrate", "deploy", "--embedded"], 0);
    assert_eq!(deployed["applied"].as_array().map(Vec::len), Some(1), "{deployed}");
    assert!(app.run(&["migrate", "deploy", "--embedded"], 0).stdout.contains("nothing to do"));
    assert!(app.run(&["migrate", "status"], 0).stdout.contains("database, migrations and schema agree"));
    let server = Server::start(&app.path, SERVE);
    assert_eq!(server.get("/api/notes?done=false").0, 200);
}

#[test]
fn what_dev_did_is_recorded_without_doing_it_again() {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", r#"{"Note": [{"text": "keep"}]}"#);
    app.run(&["db", "seed"], 0);
    let status = app.json(&["migrate", "status"], 1);
    assert_eq!(own_steps(&status["unrecorded"]), 1, "{status}");
    app.run(&["migrate", "dev", "--name", "init"], 0);
    let status = app.json(&["migrate", "status"], 0);
    assert_eq!(status["applied"][0]["isRecorded"], true, "{status}");
    let server = Server::start(&app.path, SERVE);
    assert_eq!(server.get("/api/notes").1["data"][0]["text"], "keep");
}

#[test]
fn what_loses_data_needs_a_word() {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", r#"{"Note": [{"text": "keep"}]}"#);
    app.run(&["migrate", "dev"], 0);
    app.run(&["db", "seed"], 0);
    app.edit("  text String\n", "");
    let refused = app.run(&["migrate", "dev"], 1);
    assert!(refused.stderr.contains("--allow drop-column:Note.text"), "{refused:?}");
    assert_eq!(fs::read_dir(app.path.join("migrations/db")).unwrap().count(), 1);
    let done = app.json(&["migrate", "dev", "--accept-data-loss"], 0);
    assert!(done["backup"].as_str().unwrap().contains(".purlin/backups/"), "{done}");
}

#[test]
fn serve_changes_no_database_that_is_there() {
    let app = App::with_schema(SCHEMA);
    app.write(".env", "DATABASE_URL=file:./notes.db\nJWT_SECRET=0123456789abcdef0123456789abcdef\n");
    let mut refused = Server::launch(&app.path, &["serve", "--port", "0"]);
    assert_eq!(refused.ended(), 1);
    assert!(refused.said().contains("there is no database at notes.db yet"), "{}", refused.said());
    assert!(!app.path.join("notes.db").exists());
    app.run(&["migrate", "dev"], 0);
    drop(Server::start(&app.path, &["serve", "--port", "0"]));
    app.edit("  text String\n", "  text String\n  more Int?\n");
    let mut refused = Server::launch(&app.path, &["serve", "--port", "0"]);
    assert_eq!(refused.ended(), 1);
    assert!(refused.said().contains("add column \"more\" to \"Note\""), "{}", refused.said());
}

#[test]
fn serve_embedded_makes_what_is_not_there() {
    for migrate in [false, true] {
        let app = App::with_schema(SCHEMA);
        if migrate {
            app.run(&["migrate", "dev"], 0);
            fs::remove_dir_all(app.path.join(".purlin")).unwrap();
        }
        let server = Server::start(&app.path, SERVE);
        let from = if migrate { "from 1 migration" } else { "from the schema" };
        assert!(server.said().contains(from), "{}", server.said());
        assert_eq!(server.get("/api/notes").0, 200);
    }
}

#[test]
fn migrations_are_taken_back() {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", r#"{"Note": [{"text": "keep", "done": true}]}"#);
    app.run(&["migrate", "dev", "--name", "first"], 0);
    app.edit("  text String\n", "  text String\n  done Boolean @default(false)\n");
    app.run(&["migrate", "dev", "--name", "done"], 0);
    app.run(&["db", "seed"], 0);
    let refused = app.run(&["migrate", "rollback", "--embedded"], 1);
    assert!(refused.stderr.contains("drop-column Note.done: 1 row"), "{refused:?}");
    assert!(
        refused.stderr.contains("a copy of the database is made in .purlin/backups first"),
        "{refused:?}"
    );
    let back = app.json(&["migrate", "rollback", "--embedded", "--allow", "drop-column:Note.done"], 0);
    assert!(back["rolledBack"][0].as_str().unwrap().ends_with("_done"), "{back}");
    assert!(back["backup"].as_str().unwrap().contains(".purlin/backups/"), "{back}");
    assert_eq!(app.json(&["migrate", "status"], 1)["pending"].as_array().map(Vec::len), Some(1));
    assert!(
        app.run(&["migrate", "rollback", "--embedded", "--to", "first"], 0).stdout.contains("nothing to do")
    );
    let far = app.run(&["migrate", "rollback", "--embedded", "--steps", "7"], 1);
    assert!(far.stderr.contains("only 1 migration"), "{far:?}");
    app.run(&["migrate", "deploy", "--embedded"], 0);
    let server = Server::start(&app.path, SERVE);
    assert_eq!(server.get("/api/notes").1["data"][0]["text"], "keep");
}

#[test]
fn states_are_compared_and_migrations_joined() {
    let app = App::with_schema(SCHEMA);
    let diff = app.json(&["migrate", "diff"], 0);
    assert_eq!(diff["isDifferent"], true, "{diff}");
    assert!(
        app.run(&["migrate", "diff", "--exit-code", "--from", "empty"], 1)
            .stdout
            .contains("expand    create table")
    );
    app.run(&["migrate", "dev", "--name", "one"], 0);
    assert!(app.run(&["migrate", "diff", "--exit-code"], 0).stdout.contains("there is no difference"));
    app.write("other.zmodel", "model Note { id Int @id @default(autoincrement()) }");
    let script = app.run(&["migrate", "diff", "--to", "other.zmodel", "--script"], 0);
    assert!(script.stdout.contains("ALTER TABLE \"Note\" DROP COLUMN \"text\";"), "{script:?}");
    assert!(
        app.run(&["migrate", "diff", "--to", "nowhere"], 1).stderr.contains("there is no migration nowhere")
    );
    app.edit("  text String\n", "  text String\n  more Int?\n");
    app.run(&["migrate", "dev", "--name", "two"], 0);
    let squashed = app.json(&["migrate", "squash", "--name", "all"], 0);
    assert_eq!(squashed["squashed"].as_array().map(Vec::len), Some(2), "{squashed}");
    assert!(app.run(&["migrate", "status"], 0).stdout.contains("database, migrations and schema agree"));
    assert!(app.run(&["migrate", "rebase", "all"], 0).stdout.contains("wrote"));
}

#[test]
fn drift_is_listed_and_settled() {
    let app = App::with_schema(SCHEMA);
    app.run(&["migrate", "dev"], 0);
    assert!(app.run(&["migrate", "drift"], 0).stdout.contains("what Purlin made of it"));
    let database = rusqlite::Connection::open(app.path.join(".purlin/db.db")).unwrap();
    let by_hand = "ALTER TABLE Note ADD COLUMN extra TEXT; INSERT INTO Note (text, extra) VALUES ('a', 'b')";
    database.execute_batch(by_hand).unwrap();
    drop(database);
    let listed = app.json(&["migrate", "drift"], 1);
    assert_eq!(listed["objects"], serde_json::json!(["Note.extra"]));
    let refused = app.run(&["migrate", "drift", "--correct"], 1);
    assert!(refused.stderr.contains("drop-column Note.extra: 1 row"), "{refused:?}");
    app.run(&["migrate", "drift", "--adopt", "--correct"], 2);
    app.run(&["migrate", "drift", "--correct", "--accept-data-loss"], 0);
    app.run(&["migrate", "status"], 0);
}
