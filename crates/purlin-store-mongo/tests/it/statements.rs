//! The number of statements follows from the shape, never from the number of rows.

use std::sync::Arc;

use purlin_core::operation::Count;
use purlin_core::sink::JsonSink;
use purlin_core::statement::{Filter, Guarded, LoadSlot, Read, ReadShape, Step, WritePlan, WriteValue};
use purlin_core::store::Store;
use purlin_testkit::block_on;
use purlin_testkit::conformance::{self, Build, Kit};
use serde_json::json;

use crate::databases::{Owned, owned};

type Describe = fn(&Build<'_>) -> ReadShape;
/// A model and its values.
type Row = (&'static str, serde_json::Value);

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
        let plan = WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() };
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

/// Rows of one model behind each other, and pairs of one relation.
#[test]
fn commands_of_a_plan_do_not_grow_with_rows() {
    let schema = conformance::schema();
    let (_, owned) = owned(Arc::clone(&schema), |config| config);
    let mut counts = Vec::new();
    for (first, rows) in [(0, 2), (100, 80)] {
        let build = Build::new(&schema);
        let numbers = || first..first + rows;
        let user = |number| build.insert("User", &json!({"id": number, "email": format!("{number}")}), None);
        let post = |number| {
            let row = json!({"title": "t", "slug": format!("{number}"), "authorId": number});
            build.insert("Post", &row, Some(number))
        };
        let tag = |number| build.insert("Tag", &json!({"id": number, "label": format!("{number}")}), None);
        let mut steps: Vec<Step> = numbers().map(user).collect();
        steps.extend(numbers().map(post));
        steps.extend(numbers().map(tag));
        // The number of a post is the database's.
        steps.extend(numbers().map(|number| {
            let Step::Link { model, relation, target, remove, .. } =
                build.link("Post.tags", &json!(0), &json!(number), false)
            else {
                unreachable!()
            };
            let local = WriteValue::Loaded { slot: LoadSlot(number), field: build.id("Post.id") };
            Step::Link { model, relation, local, target, remove }
        }));
        let plan = WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() };
        let before = owned.store().statements();
        block_on(owned.write(Guarded::as_system(plan, "test"), Box::new(JsonSink::default()))).unwrap();
        counts.push(owned.store().statements() - before);
    }
    // The first plan of the second pair finds the counter begun.
    assert!(counts[1] <= counts[0], "{counts:?}");
    assert!(counts[1] < 20, "{counts:?}");
    let kit = Kit { store: owned, schema };
    let (posts, _) = kit
        .ask(|b| ReadShape {
            includes: vec![b.include("Post.tags", "id")],
            ..b.many("Post", "slug", Filter::Always)
        })
        .unwrap();
    let posts = posts.as_array().unwrap();
    assert_eq!(posts.len(), 82);
    // Each number went to its own row.
    for post in posts {
        assert_eq!(post["slug"], post["tags"][0]["id"].to_string(), "{post}");
    }
}

/// The first row that is refused says why, as if it had been written alone.
#[test]
fn of_rows_that_are_written_together_the_first_that_is_refused_is_named() {
    let schema = conformance::schema();
    let kit = Kit { store: crate::databases::in_database(schema.clone()), schema };
    let write = |rows: &[(&str, serde_json::Value)]| {
        let b = kit.build();
        let steps = rows.iter().map(|(model, row)| b.insert(model, row, None)).collect();
        kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
            .map(|_| ())
    };
    let user = |id: i64, email: &str| ("User", json!({"id": id, "email": email}));
    let post = |slug: &str, author: i64| ("Post", json!({"title": "t", "slug": slug, "authorId": author}));
    write(&[user(1, "a"), user(2, "b")]).unwrap();
    let comment = |id: i64, parent: i64| ("Comment", json!({"id": id, "body": "c", "parentId": parent}));
    let taken = "a User with this email already exists";
    let dangling = "the User that `author` refers to does not exist";
    let cases: Vec<(Vec<Row>, &str)> = vec![
        (vec![user(3, "c"), user(4, "a"), user(1, "d")], taken),
        (vec![user(3, "c"), user(1, "d"), user(4, "a")], "a User with this id already exists"),
        (vec![user(3, "c"), user(4, "c")], taken),
        (vec![post("x", 1), post("y", 7), post("x", 1)], dangling),
        (vec![post("x", 1), post("x", 1), post("y", 7)], "a Post with this slug already exists"),
        // Whoever comes later is not there yet.
        (vec![comment(1, 2), comment(2, 1)], "the Comment that `parent` refers to does not exist"),
    ];
    for (rows, expected) in cases {
        assert_eq!(write(&rows).unwrap_err().to_string(), expected, "{rows:?}");
    }
    for (model, count) in [("User", 2), ("Post", 0), ("Comment", 0)] {
        let (rows, _) = kit.ask(|b| b.many(model, "id", Filter::Always)).unwrap();
        assert_eq!(rows.as_array().unwrap().len(), count, "{model}");
    }
}
