//! `purlin generate client`: where it writes, and what it does not write over.

use std::fs;

use crate::app::App;
use crate::program::run;

const SCHEMA: &str = "model Note {\n  id Int @id\n  @@allow('all', true)\n}\n";

#[test]
fn it_writes_one_file() {
    let app = App::with_schema(SCHEMA);
    let plain = run(&app.path, &["generate", "client"]);
    assert_eq!(plain.code, 0, "{plain:?}");
    assert!(
        plain
            .stdout
            .starts_with(&format!("// Made by purlin {} from the schema ", env!("CARGO_PKG_VERSION")))
    );
    for (out, file) in [("web/api.ts", "web/api.ts"), ("lib/", "lib/client.ts"), ("web", "web/client.ts")] {
        let ran = run(&app.path, &["generate", "client", "--out", out]);
        assert_eq!((ran.code, ran.stdout.trim()), (0, format!("wrote {file}").as_str()), "{ran:?}");
        assert_eq!(fs::read_to_string(app.path.join(file)).unwrap().trim(), plain.stdout.trim());
        let again = run(&app.path, &["generate", "client", "--out", out]);
        assert_eq!(again.stdout.trim(), format!("{file} is up to date"), "{again:?}");
    }
}

#[test]
fn it_tells_a_stale_client() {
    let app = App::with_schema(SCHEMA);
    let check = || run(&app.path, &["generate", "client", "--out", "client.ts", "--check"]);
    assert_eq!(check().code, 1);
    assert!(!app.path.join("client.ts").exists(), "--check writes nothing");
    assert_eq!(run(&app.path, &["generate", "client", "--out", "client.ts"]).code, 0);
    assert_eq!(check().code, 0);
    app.write("schema.zmodel", &SCHEMA.replace("@id", "@id\n  text String?"));
    let stale = check();
    assert_eq!(stale.code, 1);
    assert!(stale.stderr.contains("client.ts is not the client of this schema"), "{stale:?}");
}

#[test]
fn it_writes_over_nobodys_work() {
    let app = App::with_schema(SCHEMA);
    app.write("main.ts", "export const mine = 1;\n");
    let ran = run(&app.path, &["generate", "client", "--out", "main.ts", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("NOT_OURS"), "{ran:?}");
    assert_eq!(fs::read_to_string(app.path.join("main.ts")).unwrap(), "export const mine = 1;\n");
    assert_eq!(run(&app.path, &["generate", "client", "--check"]).code, 2);
}
