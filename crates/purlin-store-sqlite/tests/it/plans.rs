//! Statements use the indexes that are there: SQLite's own plan of each is looked at.

use purlin_core::schema::Schema;
use purlin_core::statement::{Filter, ReadShape};
use purlin_sql::dialect::Sqlite;
use purlin_sql::{Select, render_read};
use purlin_store_sqlite::open_for_migration;
use purlin_testkit::conformance::{self, Build};
use rusqlite::Connection;
use serde_json::json;

use crate::tables::create_tables;

struct Case {
    name: &'static str,
    shape: fn(&Build<'_>) -> ReadShape,
    /// Each stands in the plan.
    wanted: &'static [&'static str],
    /// None stands in the plan.
    unwanted: &'static [&'static str],
}

const SORTING: &str = "USE TEMP B-TREE FOR ORDER BY";

#[test]
fn indexes_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let schema = conformance::schema();
    create_tables(&path, &schema);
    let connection = open_for_migration(&path).unwrap();
    for case in cases() {
        let build = Build::new(&schema);
        let shape = (case.shape)(&build);
        let plan = plan_of(&connection, &schema, &shape);
        for wanted in case.wanted {
            assert!(plan.contains(wanted), "{}: no `{wanted}` in\n{plan}", case.name);
        }
        for unwanted in case.unwanted {
            assert!(!plan.contains(unwanted), "{}: `{unwanted}` in\n{plan}", case.name);
        }
    }
}

fn plan_of(connection: &Connection, schema: &Schema, shape: &ReadShape) -> String {
    let statement = render_read(schema, &Sqlite, shape);
    let mut text = String::new();
    explain(connection, &statement.select, &mut text);
    text
}

fn explain(connection: &Connection, select: &Select, text: &mut String) {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", select.text)).unwrap();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().unwrap() {
        text.push_str(&row.get::<_, String>(3).unwrap());
        text.push('\n');
    }
    text.push_str(&select.text);
    text.push('\n');
    for child in &select.children {
        explain(connection, &child.select, text);
    }
}

fn after(
    build: &Build<'_>,
    values: &[(&str, serde_json::Value)],
) -> Vec<Option<purlin_core::statement::ParamId>> {
    values.iter().map(|(path, value)| Some(build.param(build.value(path, value)))).collect()
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "by key",
            shape: |b| b.one("Post", "title", b.eq("Post.id", &json!(1))),
            wanted: &["SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)"],
            unwanted: &["SCAN"],
        },
        Case {
            name: "by unique field",
            shape: |b| b.one("Post", "title", b.eq("Post.slug", &json!("a"))),
            wanted: &["SEARCH t0 USING INDEX posts_unique_0 (slug=?)"],
            unwanted: &["SCAN"],
        },
        Case {
            name: "list by status, newest first",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                limit: Some(20),
                ..b.many("Post", "title", b.eq("Post.status", &json!("published")))
            },
            wanted: &["SEARCH t0 USING INDEX posts_index_0 (status=?)"],
            unwanted: &[SORTING, "SCAN"],
        },
        Case {
            name: "newest first",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                limit: Some(20),
                ..b.many("Post", "title", Filter::Always)
            },
            wanted: &["SCAN t0 USING INDEX posts_index_1"],
            unwanted: &[SORTING],
        },
        Case {
            name: "by key, continued",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                after: Some(after(
                    b,
                    &[("Post.createdAt", json!("2026-01-01T00:00:00Z")), ("Post.id", json!(5))],
                )),
                limit: Some(20),
                ..b.many("Post", "title", b.eq("Post.status", &json!("published")))
            },
            wanted: &["SEARCH t0 USING INDEX posts_index_0 (status=? AND created_at<?)"],
            unwanted: &[SORTING, "SCAN"],
        },
        Case {
            name: "from a row on",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                from: Some(Box::new(b.eq("Post.slug", &json!("a")))),
                limit: Some(20),
                ..b.many("Post", "title", b.eq("Post.status", &json!("published")))
            },
            wanted: &[
                "SEARCH t0 USING INDEX posts_index_0 (status=? AND created_at<?)",
                "SEARCH t1 USING INDEX posts_unique_0 (slug=?)",
            ],
            unwanted: &[SORTING, "SCAN"],
        },
        Case {
            name: "by key in mixed directions, continued",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "Post.id"]),
                after: Some(after(
                    b,
                    &[("Post.createdAt", json!("2026-01-01T00:00:00Z")), ("Post.id", json!(5))],
                )),
                limit: Some(20),
                ..b.many("Post", "title", Filter::Always)
            },
            wanted: &["SEARCH t0 USING INDEX posts_index_1 (created_at<?)"],
            unwanted: &[SORTING, "SCAN"],
        },
        Case {
            name: "with author",
            shape: |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                limit: Some(20),
                includes: vec![b.include("Post.author", "name")],
                ..b.many("Post", "title", b.eq("Post.status", &json!("published")))
            },
            wanted: &["SEARCH t0 USING INDEX posts_index_0", "SEARCH t1 USING INTEGER PRIMARY KEY"],
            unwanted: &[SORTING, "SCAN"],
        },
        Case {
            name: "posts of users",
            shape: |b| ReadShape {
                includes: vec![b.include("User.posts", "title")],
                ..b.many("User", "name", b.is_in("User.id", &json!([1, 2])))
            },
            wanted: &["SEARCH t0 USING INTEGER PRIMARY KEY", "USING INDEX posts_index_2 (authorId=?)"],
            unwanted: &["SCAN t", SORTING],
        },
        Case {
            name: "some posts of users",
            shape: |b| {
                let mut posts = b.include("User.posts", "title");
                posts.shape.limit = Some(3);
                ReadShape {
                    includes: vec![posts],
                    ..b.many("User", "name", b.is_in("User.id", &json!([1, 2])))
                }
            },
            wanted: &["USING COVERING INDEX posts_index_2 (authorId=?)"],
            unwanted: &["SCAN t"],
        },
        Case {
            name: "tags of posts",
            shape: |b| ReadShape {
                includes: vec![b.include("Post.tags", "label")],
                ..b.one("Post", "title", b.eq("Post.id", &json!(1)))
            },
            wanted: &["USING COVERING INDEX _PostToTag_AB_unique (A=?)"],
            unwanted: &["SCAN t"],
        },
        Case {
            name: "a filter across a relation",
            shape: |b| {
                let filter = b.related(
                    "User.posts",
                    purlin_core::schema::Quantifier::Some,
                    b.eq("Post.status", &json!("published")),
                );
                b.one("User", "name", Filter::all([b.eq("User.id", &json!(1)), filter]))
            },
            wanted: &[
                "SEARCH t0 USING INTEGER PRIMARY KEY",
                "SEARCH t1 EXISTS USING INDEX posts_index_2 (authorId=?)",
            ],
            unwanted: &["SCAN t"],
        },
        Case {
            name: "members of teams",
            shape: |b| ReadShape {
                includes: vec![b.include("Team.memberships", "role")],
                ..b.many("Team", "name", b.eq("Team.org", &json!("acme")))
            },
            wanted: &["(org=? AND code=?)"],
            unwanted: &["SCAN t"],
        },
    ]
}
