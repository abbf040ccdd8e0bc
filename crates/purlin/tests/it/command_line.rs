//! Exit codes and the two output forms, the same for every command.

use std::fs;

use crate::program::run;

struct Row {
    arguments: &'static [&'static str],
    code: i32,
    stdout: &'static str,
    stderr: &'static str,
}

#[track_caller]
fn check(row: &Row) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(folder.path().join("app/purlin.toml"), "[server]\nprot = 1\n").unwrap();
    let ran = run(folder.path(), row.arguments);
    assert_eq!(ran.code, row.code, "{:?}: {ran:?}", row.arguments);
    assert!(ran.stdout.contains(row.stdout), "{:?}: {ran:?}", row.arguments);
    assert!(ran.stderr.contains(row.stderr), "{:?}: {ran:?}", row.arguments);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn exit_codes() {
    for row in [
        Row { arguments: &["--help"], code: 0, stdout: "Usage: purlin", stderr: "" },
        Row { arguments: &["--version"], code: 0, stdout: "purlin 0", stderr: "" },
        Row { arguments: &[], code: 2, stdout: "", stderr: "Usage: purlin" },
        Row { arguments: &["chek"], code: 2, stdout: "", stderr: "'check'" },
        Row { arguments: &["check", "--jsn"], code: 2, stdout: "", stderr: "--json" },
        Row { arguments: &["new"], code: 2, stdout: "", stderr: "<NAME>" },
        Row { arguments: &["serve", "--port", "x"], code: 2, stdout: "", stderr: "--port" },
        Row { arguments: &["migrate"], code: 2, stdout: "", stderr: "deploy" },
        Row { arguments: &["migrate", "dev", "--nam", "x"], code: 2, stdout: "", stderr: "--name" },
        Row { arguments: &["migrate", "status", "now"], code: 2, stdout: "", stderr: "unexpected" },
        Row { arguments: &["dev", "--port", "70000"], code: 2, stdout: "", stderr: "70000" },
        Row { arguments: &["db", "sed"], code: 2, stdout: "", stderr: "'seed'" },
        Row { arguments: &["db", "seed", "--force", "--reset"], code: 2, stdout: "", stderr: "--reset" },
        Row { arguments: &["generate", "token"], code: 2, stdout: "", stderr: "<USER_ID>" },
        Row { arguments: &["doctor", "--fix"], code: 2, stdout: "", stderr: "--fix" },
        Row {
            arguments: &["check", "--app", "nowhere"],
            code: 1,
            stdout: "",
            stderr: "there is no app folder at nowhere",
        },
        Row { arguments: &["fmt", "--app", "app"], code: 1, stdout: "", stderr: "there is no schema in app" },
        Row {
            arguments: &["check", "--app", "app"],
            code: 1,
            stdout: "error: purlin.toml:2: there is no key of [server] `prot`",
            stderr: "",
        },
    ] {
        check(&row);
    }
}

#[test]
fn json_is_one_document_whatever_happens() {
    for (arguments, code, error) in [
        (&["fmt", "--json", "--app", "app"][..], 1, "SCHEMA_FILES"),
        (&["check", "--json", "--app", "nowhere"], 1, "NO_APP"),
        (&["chek", "--json"], 2, "WRONG_USE"),
        (&["new", "app", "--json"], 1, "NOT_EMPTY"),
    ] {
        let row = Row { arguments, code, stdout: "", stderr: "" };
        check(&row);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("app")).unwrap();
        fs::write(folder.path().join("app/purlin.toml"), "x = 1").unwrap();
        let ran = run(folder.path(), arguments);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["error"]["code"], error, "{ran:?}");
        assert_eq!(ran.stderr, "", "{ran:?}");
    }
}
