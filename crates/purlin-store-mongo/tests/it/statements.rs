//! The number of statements follows from the shape, never from the number of rows.

use std::sync::Arc;

use purlin_core::operation::Count;
use purlin_core::sink::JsonSink;
use purlin_core::statement::{Filter, Guarded, Read, ReadShape, WritePlan};
use purlin_core::store::Store;
use purlin_testkit::block_on;
use purlin_testkit::conformance::{self, Build};
use serde_json::json;

use crate::databases::{Owned, owned};

type Describe = fn(&Build<'_>) -> ReadShape;

fn cases() -> Vec<(&'static str, u64, Describe)> {
    vec![
        ("a list", 1, |b| b.many("Post", "title", Filter::Always)),
        ("with author", 2, |b| ReadShape {
            includes: vec![b.include("Post.author", "name")],
            ..b.many("Post", "title", Filter::Always)
        }),
        ("with author, tags and comments", 4, |b| ReadShape {
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
        ("with counts and a total", 2, |b| ReadShape {
            counts: vec![b.count("User.posts", Filter::Always)],
            limit: Some(1),
            ..b.many("User", "name", Filter::Always)
        }),
    ]
}

#[test]
fn statements_do_not_grow_with_rows() {
    let schema = conformance::schema();
    let (_, owned) = owned(Arc::clone(&schema), |config| config);
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
        let plan = WritePlan { steps, params: build.into_params(), result: None };
        let plan = Guarded::as_system(plan, "test");
        block_on(owned.write(plan, Box::new(JsonSink::default()))).unwrap();
        for (name, expected, describe) in cases() {
            assert_eq!(statements_of(&owned, &schema, describe), expected, "{name} of {rows}");
        }
    }
}

fn statements_of(owned: &Owned, schema: &purlin_core::schema::Schema, describe: Describe) -> u64 {
    let build = Build::new(schema);
    let shape = Arc::new(describe(&build));
    let read = Read { shape, params: build.into_params(), count: Count::Exact };
    let read = Guarded::as_system(read, "test");
    let before = owned.store().statements();
    block_on(owned.read(&read, &mut JsonSink::default())).unwrap();
    owned.store().statements() - before
}
