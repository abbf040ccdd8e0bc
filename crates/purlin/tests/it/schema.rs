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

const TAGGED: &str = "datasource db {
  provider = \"postgresql\"
  url      = env(\"DATABASE_URL\")
}

model Post {
  id    Int      @id @default(autoincrement())
  slug  String   @unique
  tags  String[]
  count Int      @default(autoincrement())
  @@index([tags])
}
";

#[test]
fn check_for_engines() {
    for (engines, code, expected, absent) in [
        ("postgres", 0, &["schema.zmodel: no problems"][..], "on "),
        ("mongo", 0, &["no problems"], "on "),
        (
            "PostgreSQL,mariadb",
            1,
            &[
                "warning[P0001]: on MySQL, `Post.slug` holds at most 191 characters",
                "8 |   slug  String   @unique",
                "   = help: state it for all engines",
                "error[P0301]: on MySQL, the index (tags) of `Post`",
                "11 |   @@index([tags])",
                "2 errors, 1 warning",
            ],
            "SQLite",
        ),
        (
            "all",
            1,
            &["on SQLite, `Post.count` is counted by nothing", "on MySQL, `Post.slug`"],
            "on PostgreSQL",
        ),
    ] {
        let (ran, _) = run_with(TAGGED.as_bytes(), &["check", "--for", engines]);
        assert_eq!(ran.code, code, "{engines} {ran:?}");
        expected.iter().for_each(|text| assert!(ran.stdout.contains(text), "{engines} {text} {ran:?}"));
        assert!(!ran.stdout.contains(absent), "{engines} {ran:?}");
    }
    let (ran, _) = run_with(TAGGED.as_bytes(), &["check", "schema.zmodel", "--for", "mysql", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&answer["errors"], &answer["warnings"]), (&2.into(), &1.into()), "{answer}");
    let first = &answer["diagnostics"][0];
    assert_eq!((&first["code"], &first["span"]["start"]["line"]), (&"P0001".into(), &8.into()), "{answer}");
    for (engines, expected) in [
        ("postgre", "there is no engine \"postgre\": did you mean \"postgres\"?"),
        ("mysql,oracle", "the engines are sqlite, postgres, mysql, mongodb"),
    ] {
        let (ran, _) = run_with(TAGGED.as_bytes(), &["check", "--for", engines]);
        assert!(ran.code == 2 && ran.stderr.contains(expected), "{engines} {ran:?}");
    }
}

/// Without `--for`, the addresses say which engines are meant.
#[test]
fn what_the_engine_cannot_hold_is_refused_everywhere() {
    let app = App::with_schema(TAGGED);
    app.run(&["check"], 0);
    app.write(
        ".env",
        "DATABASE_URL=\"file:./data.db\"\nJWT_SECRET=\"a secret of these tests, which is long enough\"\n",
    );
    let checked = app.run(&["check"], 1);
    let expected = "error[P0201]: on SQLite, `Post.count` is counted by nothing";
    assert!(checked.stdout.contains(expected), "{}", checked.stdout);
    assert!(checked.stdout.contains("1 error, 0 warnings"), "{}", checked.stdout);
    for arguments in [
        &["serve", "--port", "0"][..],
        &["migrate", "dev", "--name", "first"],
        &["migrate", "deploy"],
        &["dev", "--port", "0"],
    ] {
        let ran = app.run(arguments, 1);
        assert!(ran.stderr.contains(expected), "{arguments:?} {}", ran.stderr);
        assert!(ran.stderr.contains("10 |   count Int"), "{arguments:?} {}", ran.stderr);
    }
    assert!(!app.path.join("data.db").exists() && !app.path.join("migrations").exists());
}
