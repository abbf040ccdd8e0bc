//! `purlin db seed`: everything or a list of what is wrong, and never over what is there.

use crate::app::App;
use crate::server::Server;

const SCHEMA: &str = "
model User {
  id    Int    @id @default(autoincrement())
  email String @unique @email
  key   String @password @default(\"\")
  posts Post[]
  @@allow('all', true)
}
model Post {
  id     String @id @default(uuid())
  title  String @unique @length(1, 20)
  author User?  @relation(fields: [authorId], references: [id], onDelete: Restrict)
  authorId Int?
  parent Post?  @relation(\"Replies\", fields: [parentId], references: [id], onDelete: Restrict)
  parentId String?
  replies Post[] @relation(\"Replies\")
  tags   Tag[]
  @@allow('all', true)
}
model Tag {
  id    Int    @id @default(autoincrement())
  name  String @unique
  posts Post[]
  @@allow('all', true)
}
";

const SEED: &str = r#"{
  "User": [{"id": 7, "email": "ada@example.com", "key": "$argon2id$v=19$m=1"}],
  "Tag": [{"id": 1, "name": "new"}, {"id": 2, "name": "old"}],
  "Post": [
    {"id": "a", "title": "First", "author": {"connect": {"email": "ada@example.com"}}, "tags": {"connect": [{"id": 1}, {"name": "old"}]}},
    {"title": "By title", "parentId": "a", "tags": {"connect": {"name": "new"}}}
  ],
  "_PostToTag": [{"A": "a", "B": 1}]
}"#;

#[test]
fn rows_and_connections() {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", SEED);
    let answer = app.json(&["db", "seed"], 0);
    assert_eq!(answer["tables"][2]["written"], 2, "{answer}");
    let again = app.run(&["db", "seed"], 1);
    assert!(again.stderr.contains("there are rows already: User, Tag, Post"), "{again:?}");
    let forced = app.json(&["db", "seed", "--force"], 0);
    assert_eq!((&forced["tables"][2]["written"], &forced["tables"][2]["skipped"]), (&0.into(), &2.into()));
    app.run(&["db", "seed", "--reset"], 0);
    let server = Server::start(&app.path, &["dev", "--port", "0"]);
    let (_, posts) = server.get("/api/posts?include=tags,author,parent&sort=title");
    let names = |post: usize| {
        let mut names: Vec<_> =
            posts["data"][post]["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
        names.sort_by_key(ToString::to_string);
        names
    };
    assert_eq!(posts["meta"]["total"], 2, "{posts}");
    assert_eq!(names(0), ["new"], "{posts}");
    assert_eq!(posts["data"][0]["parent"]["id"], "a", "{posts}");
    assert_eq!(names(1), ["new", "old"], "{posts}");
    assert_eq!(posts["data"][1]["author"]["id"], 7, "{posts}");
}

#[track_caller]
fn check(seed: &str, expected: &[&str]) {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", seed);
    let ran = app.run(&["db", "seed"], 1);
    for text in expected {
        assert!(ran.stderr.contains(text), "{text:?} is not in: {}", ran.stderr);
    }
}

#[test]
fn what_is_wrong_is_named() {
    check("[1]", &["must be an object: model names"]);
    check("{\"User\": [", &["seed.json", "line 1"]);
    check(
        r#"{"Usr": [], "Tag": {}}"#,
        &["Usr: there is no such model, did you mean User?", "Tag: must be a list"],
    );
    check(
        r#"{"User": [{"email": "a@b.co"}, {"emial": "x", "id": "y"}], "Tag": [5]}"#,
        &[
            "User, row 2, emial: unknown field",
            "did you mean \"email\"?",
            "User, row 2, id",
            "Tag, row 1: must be",
        ],
    );
    check(
        r#"{"User": [{"email": "a@b.co", "key": "secret"}]}"#,
        &["User, row 1, key: would be stored as plain"],
    );
    check(
        r#"{"User": [{"email": "a@b.co"}, {"email": "nonsense"}, {}]}"#,
        &["User, row 2, email: ", "User, row 3, email: is required", "`purlin db seed --reset`"],
    );
    check(r#"{"User": [{"email": "a@b.co"}, {"email": "a@b.co"}]}"#, &["User, row 2, email: "]);
    check(r#"{"Post": [{"title": "x"}, {"title": "y", "authorId": 9}]}"#, &["Post, row 2, author"]);
    check(
        r#"{"Tag": [{"name": "x"}], "Post": [{"id": "p", "title": "x", "tags": {"connect": [{"name": "z"}]}}]}"#,
        &["Post, row 1, tags: there is no Tag with this key"],
    );
    check(
        r#"{"Post": [{"id": "p", "title": "x", "tags": [1]}, {"tags": {"connect": {"id": 1}}}]}"#,
        &["Post, row 1, tags: must be {\"connect\"", "Post, row 2: must name its id"],
    );
    check(
        r#"{"_PostToTag": [{"A": 5}, {"A": "x", "B": 1, "C": 1}]}"#,
        &[
            "_PostToTag, row 1, A: ",
            "_PostToTag, row 1, B: is required",
            "_PostToTag, row 2, C: is no column",
        ],
    );
}

#[test]
fn a_missing_file_says_what_to_write() {
    let app = App::with_schema(SCHEMA);
    let ran = app.run(&["db", "seed"], 1);
    assert!(ran.stderr.contains("cannot read seed.json") && ran.stderr.contains("help: "), "{ran:?}");
    app.run(&["db", "seed", "--force", "--reset"], 2);
}
