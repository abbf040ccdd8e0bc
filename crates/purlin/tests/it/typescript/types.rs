//! What TypeScript says of the clients of all apps that are here, of the part that they share, and of names that are
//! in the way.

use std::fs;
use std::path::{Path, PathBuf};

use super::project::Project;
use crate::app::App;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn clients_of_all_examples_are_right() {
    let folders = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut apps: Vec<PathBuf> = folders.filter(|path| path.join("schema.zmodel").is_file()).collect();
    apps.push(root().join("crates/purlin/tests/office"));
    let new = App::new();
    apps.push(new.path.clone());
    assert!(apps.len() > 3, "examples are missing");
    for app in apps {
        let project = Project::of(&app);
        let name = format!("{}.types.ts", app.file_name().unwrap().to_str().unwrap());
        if Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client").join(&name).is_file() {
            project.take(&name);
        }
        project.compile();
    }
}

/// Each part of it names what it uses of the others.
#[test]
fn the_shared_part_is_right_by_itself() {
    let project = Project::new();
    for (name, text) in purlin_codegen::RUNTIME {
        fs::write(project.path().join(name), text).unwrap();
    }
    project.compile();
}

/// Models, fields and enums called as things of TypeScript or of the client, and every kind of field and key.
#[test]
fn any_name_and_any_field_is_right() {
    let app = App::with_schema(
        "enum Write {\n  a\n  b\n  class\n}\nenum Promise {\n  then\n}\ntype Error {\n  at DateTime\n  bytes Bytes?\n}\n\
         model Date {\n  id Int @id @default(autoincrement())\n  at DateTime\n  write Write\n  writes Write[]\n  \
         error Error? @json\n  constructor String\n  toString String?\n  promise Promise?\n  big BigInt\n  bigs BigInt[]\n  \
         dec Decimal?\n  bytes Bytes\n  json Json?\n  ok Boolean\n  float Float?\n  parent Date? @relation(\"tree\", fields: [parentId], references: [id])\n  \
         parentId Int?\n  children Date[] @relation(\"tree\")\n  @@allow('all', true)\n}\n\
         model Record {\n  a Int\n  b DateTime\n  Omit String @unique\n  pick Pick?\n  @@id([a, b])\n  @@allow('all', true)\n}\n\
         model Pick {\n  recordA Int\n  recordB DateTime\n  record Record @relation(fields: [recordA, recordB], references: [a, b])\n  \
         x Int\n  y Int\n  @@id([recordA, recordB])\n  @@unique([x, y], name: \"xy\")\n  @@path(\"request\")\n  @@allow('all', true)\n}\n\
         model Auth {\n  id Int @id\n  @@path(\"auth-2\")\n}\nmodel Client { id String @id\n  @@path(\"then\") }\nmodel Models { id String @id }\n",
    );
    let project = Project::of(&app.path);
    project.compile();
    let client = fs::read_to_string(project.path().join("client.ts")).unwrap();
    for expected in [
        "readonly request_: ",
        "readonly then_: ",
        "readonly auth2: ",
        "{ a_b: { ",
        "{ xy: { x: number; y: number } }",
    ] {
        assert!(client.contains(expected), "{expected} is missing");
    }
}
