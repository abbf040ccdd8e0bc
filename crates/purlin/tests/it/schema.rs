//! `purlin check` and `purlin fmt` on an app folder: what they say and what they change.

use std::fs;

use crate::app::App;
use crate::program::{Ran, run};

const FORMATTED: &str = "model User {\n  id Int @id\n}\n";
const LOOSE: &str = "model   User {\nid Int @id // key\n}";
const BROKEN: &str = "model User {\n  id Int @id(\n";

/// Runs in a folder with that schema; gives what was said and the schema afterwards.
fn run_with(schema: &[u8], arguments: &[&str]) -> (Ran, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.zmodel");
    fs::write(&path, schema).unwrap();
    let ran = run(folder.path(), arguments);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    (ran, fs::read(path).unwrap())
}

#[test]
fn fmt_changes_what_it_understands() {
    for (schema, arguments, code, output) in [
        (FORMATTED, &["fmt"][..], 0, "1 file, nothing to change"),
        (FORMATTED, &["fmt", "--check"], 0, "nothing to change"),
        (LOOSE, &["fmt", "--check"], 1, "schema.zmodel: is not formatted"),
        (BROKEN, &["fmt"], 1, "--> schema.zmodel:"),
    ] {
        let (ran, after) = run_with(schema.as_bytes(), arguments);
        assert_eq!(ran.code, code, "{arguments:?} {ran:?}");
        assert!(ran.stdout.contains(output), "{arguments:?} {ran:?}");
        assert_eq!(after, schema.as_bytes(), "{arguments:?}");
    }
    let (ran, once) = run_with(LOOSE.as_bytes(), &["fmt"]);
    assert!(ran.code == 0 && ran.stdout.contains("schema.zmodel: formatted"), "{ran:?}");
    assert!(String::from_utf8(once.clone()).unwrap().contains("// key"));
    let (_, twice) = run_with(&once, &["fmt"]);
    assert_eq!(once, twice);
}

#[test]
fn check_points_at_the_text() {
    for (schema, code, output) in [
        (FORMATTED.as_bytes(), 0, "schema.zmodel: no problems"),
        (BROKEN.as_bytes(), 1, "2 |   id Int @id("),
        (b"model Post {\n  id Int @id\n  titel Strng\n}\n", 1, "error[E0103]: there is no type `Strng`"),
        (b"model Post {\n  id Int @id\n  titel Strng\n}\n", 1, "1 error, 0 warnings"),
        (b"// nothing yet\n", 1, "there is no model in schema.zmodel"),
        (&[0xff, 0x00][..], 1, "schema.zmodel is not text"),
    ] {
        let (ran, _) = run_with(schema, &["check"]);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(output), "{ran:?}");
    }
}

#[test]
fn check_reports_configuration_and_schema_together() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.prisma"), BROKEN).unwrap();
    fs::write(folder.path().join("purlin.toml"), "[server]\nprot = 1\n").unwrap();
    let ran = run(folder.path(), &["check", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(answer["configuration"][0].as_str().unwrap().starts_with("purlin.toml:2: "), "{answer}");
    assert_eq!(answer["diagnostics"][0]["severity"], "error", "{answer}");
    assert_eq!(answer["diagnostics"][0]["span"]["file"], "schema.prisma", "{answer}");
}

#[test]
fn a_schema_outside_the_app() {
    let (ran, _) = run_with(FORMATTED.as_bytes(), &["check", "schema.zmodel", "--app", "nowhere"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (ran, _) = run_with(FORMATTED.as_bytes(), &["check", "missing.zmodel"]);
    assert!(ran.code == 1 && ran.stderr.contains("there is no schema at missing.zmodel"), "{ran:?}");
}

/// Nobody learns it from a server that does not start.
#[test]
fn check_and_doctor_name_what_would_keep_the_app_from_starting() {
    for (settings, expected) in [
        ("[auth]\nlink_base = \"shop.example\"", "must lead to an http or https address"),
        ("[auth]\nsigning_key = \"missing.pem\"", "missing.pem cannot be read"),
        ("[auth.providers.google]\nscopes = \"openid\"", "client_id"),
        ("[auth.providers.forge]\nclient_id = \"x\"", "issuer"),
        ("[rate_limits]\n\"/api/nothing\" = \"1/1m\"", "there is no route \"/api/nothing\""),
    ] {
        let app = App::new();
        app.write("purlin.toml", &format!("{settings}\n"));
        let checked = app.run(&["check"], 1);
        assert!(checked.stdout.contains(expected), "{settings}: {}", checked.stdout);
        assert!(!app.path.join(".purlin/db.db").exists(), "looking leaves nothing behind");
        let looked = app.run(&["doctor"], 1);
        assert!(looked.stdout.contains(expected), "{settings}: {}", looked.stdout);
    }
    let app = App::new();
    app.write("purlin.toml", "[auth]\nverify_email = \"required\"\n");
    app.write(".env", "JWT_SECRET=\"a secret of these tests, which is long enough\"\n");
    app.run(&["check"], 0);
    let served = app.run(&["serve", "--embedded", "--port", "0"], 1);
    assert!(served.stderr.contains("needs mail, and no mail server is configured"), "{}", served.stderr);
}
