//! The number of statements follows from the shape, never from the number of rows.

use purlin_core::operation::Count;
use purlin_core::statement::{Filter, ReadShape, WritePlan};
use purlin_testkit::conformance::{self, Build, Kit};
use purlin_testkit::services;
use serde_json::json;

use crate::tables::on_server;

type Describe = fn(&Build<'_>) -> ReadShape;

#[test]
fn statements_do_not_grow_with_rows() {
    let schema = conformance::schema();
    let (_, owned) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store: owned.clone(), schema };
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
        let b = kit.build();
        let mut steps = Vec::new();
        for number in rows..rows + more {
            steps.push(b.insert("User", &json!({"id": number, "email": format!("{number}")}), None));
            let post = json!({"id": number, "title": "t", "slug": format!("{number}"), "authorId": number});
            steps.push(b.insert("Post", &post, None));
            steps.push(b.insert("Tag", &json!({"id": number, "label": format!("{number}")}), None));
            steps.push(b.link("Post.tags", &json!(number), &json!(number), false));
            steps.push(b.insert("Comment", &json!({"id": number, "body": "c", "postId": number}), None));
        }
        rows += more;
        kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
            .unwrap();
        for (name, expected, describe) in &cases {
            let before = owned.store().statements();
            kit.ask_counted(Count::Exact, describe).unwrap();
            assert_eq!(owned.store().statements() - before, *expected, "{name} of {rows}");
        }
    }
}

/// MariaDB gives a new row back; others are asked for it.
#[test]
fn a_create_is_one_statement() {
    let schema = conformance::schema();
    let (_, owned) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store: owned.clone(), schema };
    let b = kit.build();
    let steps = vec![b.insert("User", &json!({"email": "a@x.io"}), Some(0))];
    let before = owned.store().statements();
    let (_, outcome) = kit
        .write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    assert_eq!(outcome.loaded[0].1[0].1, purlin_core::Value::Int(1));
    let expected = if owned.store().flavour() == purlin_sql::dialect::Flavour::MariaDb { 1 } else { 2 };
    assert_eq!(owned.store().statements() - before, expected);
}
