//! The number of statements follows from the shape, never from the number of rows.

use std::sync::Arc;

use purlin_core::input::rows_from_json;
use purlin_core::operation::Count;
use purlin_core::operation::{Action, Operation, Selection};
use purlin_core::sink::JsonSink;
use purlin_core::statement::{Filter, Guarded, Read, ReadShape, WritePlan};
use purlin_core::store::Store;
use purlin_core::{Actor, DefaultAccess, Engine, FieldErrors};
use purlin_store_sqlite::SqliteStore;
use purlin_testkit::block_on;
use purlin_testkit::conformance::{self, Build};
use serde_json::json;

use crate::tables::open;

type Describe = fn(&Build<'_>) -> ReadShape;

#[test]
fn statements_do_not_grow_with_rows() {
    let folder = tempfile::tempdir().unwrap();
    let schema = conformance::schema();
    let store = open(&folder.path().join("app.db"), schema.clone());
    let cases: Vec<(&str, u64, Describe)> = vec![
        ("a list", 1, |b| b.many("Post", "title", Filter::Always)),
        ("with author", 1, |b| ReadShape {
            includes: vec![b.include("Post.author", "name")],
            ..b.many("Post", "title", Filter::Always)
        }),
        ("with author, tags and comments", 3, |b| ReadShape {
            includes: vec![
                b.include("Post.author", "name"),
                b.include("Post.tags", "label"),
                b.include("Post.comments", "body"),
            ],
            ..b.many("Post", "title", Filter::Always)
        }),
        ("three levels", 3, |b| {
            let mut posts = b.include("User.posts", "title");
            posts.shape.limit = Some(2);
            posts.shape.includes.push(b.include("Post.tags", "label"));
            ReadShape { includes: vec![posts], ..b.many("User", "name", Filter::Always) }
        }),
        ("with counts", 1, |b| ReadShape {
            counts: vec![b.count("User.posts", Filter::Always)],
            ..b.many("User", "name", Filter::Always)
        }),
    ];
    let mut rows = 0;
    for more in [3, 40] {
        let build = Build::new(&schema);
        let mut steps = Vec::new();
        for number in rows..rows + more {
            steps.push(build.insert("User", &json!({"id": number, "email": format!("{number}")}), None));
            let post = json!({"id": number, "title": "t", "slug": format!("{number}"), "authorId": number});
            steps.push(build.insert("Post", &post, None));
            steps.push(build.insert("Tag", &json!({"id": number, "label": format!("{number}")}), None));
            steps.push(build.link("Post.tags", &json!(number), &json!(number), false));
            steps.push(build.insert("Comment", &json!({"id": number, "body": "c", "postId": number}), None));
        }
        rows += more;
        let plan = WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() };
        let plan = Guarded::as_system(plan, "test");
        block_on(store.write(plan, Box::new(JsonSink::default()))).unwrap();
        for (name, expected, describe) in &cases {
            assert_eq!(statements_of(&store, &schema, *describe), *expected, "{name} of {rows}");
        }
    }
}

fn statements_of(store: &SqliteStore, schema: &purlin_core::schema::Schema, describe: Describe) -> u64 {
    let build = Build::new(schema);
    let shape = std::sync::Arc::new(describe(&build));
    let read = Read { shape, params: build.into_params(), count: Count::Exact };
    let read = Guarded::as_system(read, "test");
    let before = store.statements();
    block_on(store.read(&read, &mut JsonSink::default())).unwrap();
    store.statements() - before
}

const LINKS: &str = r"
model User {
  id    String @id
  isSpy Boolean @default(false)
  posts Post[]
  @@allow('read', !isSpy)
}
model Team {
  id    Int @id
  posts Post[]
  @@allow('read', true)
}
model Post {
  id       String @id @default(uuid())
  author   User   @relation(fields: [authorId], references: [id])
  authorId String
  team     Team?  @relation(fields: [teamId], references: [id])
  teamId   Int?
  @@allow('create', auth() != null)
  @@allow('read', auth() != null)
}
";

/// Links to what rules may hide cost a statement, those to oneself and to what everybody sees do not.
#[test]
fn statements_of_a_create() {
    let folder = tempfile::tempdir().unwrap();
    let file = purlin_schema::SourceFile::new("links.zmodel", LINKS);
    let schema = Arc::new(purlin_schema::compile(vec![file]).schema.unwrap());
    let store = Arc::new(open(&folder.path().join("app.db"), Arc::clone(&schema)));
    let engine = Engine::new(Arc::clone(&schema), store.clone(), DefaultAccess::Deny).unwrap();
    let create = |actor: &Actor, model: &str, body: serde_json::Value| {
        let model = schema.model_named(model).unwrap();
        let mut errors = FieldErrors::default();
        let (rows, many) = rows_from_json(&schema, model, &body, &mut errors);
        let action = Action::Create { rows, many, selection: Selection::default() };
        let operation = Operation { model: model.id, action, within: None, errors };
        let before = store.statements();
        block_on(engine.run(actor, operation, Box::new(JsonSink::default()))).unwrap();
        store.statements() - before
    };
    let system = Actor::System { reason: "rows of a test" };
    create(&system, "User", json!([{"id": "lou"}, {"id": "max"}]));
    create(&system, "Team", json!({"id": 1}));
    let lou = Actor::User(Arc::new(block_on(engine.load_user("lou")).unwrap().unwrap()));
    for (expected, body) in [
        (1, json!({"authorId": "lou"})),
        (1, json!({"authorId": "lou", "teamId": 1})),
        (1, json!({"authorId": "lou", "teamId": null})),
        (2, json!({"authorId": "max"})),
        (2, json!({"author": {"connect": {"id": "lou"}}})),
    ] {
        assert_eq!(create(&lou, "Post", body.clone()), expected, "{body}");
    }
    assert_eq!(create(&system, "Post", json!({"authorId": "max"})), 1, "as the system");
}
