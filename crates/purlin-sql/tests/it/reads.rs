//! Reads: equal shapes give equal text, no value stands in it, and the text is what is meant.

use purlin_core::schema::{CompareOp, Quantifier, TextOp};
use purlin_core::statement::{Column, Filter, ReadShape};
use purlin_sql::dialect::Sqlite;
use purlin_sql::{ReadStatement, Select, render_read};
use purlin_testkit::conformance::{self, Build};
use serde_json::json;

type Case = (&'static str, fn(&Build<'_>) -> ReadShape, &'static [&'static str]);

#[test]
fn texts() {
    let schema = conformance::schema();
    for (name, describe, expected) in cases() {
        let render = || -> ReadStatement {
            let build = Build::new(&schema);
            render_read(&schema, &Sqlite, &describe(&build))
        };
        let (statement, again) = (render(), render());
        let mut found = Vec::new();
        collect(&statement.select, &mut found);
        assert_eq!(found, expected, "{name}");
        assert_eq!(again.select.text, statement.select.text, "{name}");
    }
}

fn collect(select: &Select, texts: &mut Vec<String>) {
    texts.push(select.text.to_string());
    for child in &select.children {
        collect(&child.select, texts);
    }
}

fn cases() -> Vec<Case> {
    vec![
        (
            "one by key",
            |b| b.one("Post", "title createdAt", b.eq("Post.id", &json!(1))),
            &[r#"SELECT t0."title", t0."created_at" FROM "posts" AS t0 WHERE t0."id" = ?1"#],
        ),
        (
            "a page",
            |b| ReadShape {
                order: b.order(&["-Post.createdAt", "-Post.id"]),
                limit: Some(20),
                offset: b.number(40),
                ..b.many("Post", "title", b.eq("Post.status", &json!("x' OR 1=1 --")))
            },
            &[concat!(
                r#"SELECT t0."title" FROM "posts" AS t0 WHERE t0."status" = ?1 "#,
                r#"ORDER BY t0."created_at" DESC, t0."id" DESC LIMIT 21 OFFSET ?2"#
            )],
        ),
        (
            "nulls and collation where they differ from the engine's own",
            |b| ReadShape {
                order: b.order(&["Post.score?", "-Post.pinned?", "Post.id!"]),
                ..b.many("Post", "id", Filter::Always)
            },
            &[concat!(
                r#"SELECT t0."id" FROM "posts" AS t0 ORDER BY t0."score" COLLATE purlin_decimal ASC NULLS LAST, "#,
                r#"t0."pinned" DESC, t0."id" ASC"#
            )],
        ),
        (
            "a page by key, all in one direction",
            |b| ReadShape {
                order: b.order(&["Post.createdAt", "Post.id"]),
                after: Some(vec![b.number(1), b.number(2)]),
                ..b.many("Post", "id", Filter::Always)
            },
            &[concat!(
                r#"SELECT t0."id" FROM "posts" AS t0 WHERE (t0."created_at", t0."id") > (?1, ?2) "#,
                r#"ORDER BY t0."created_at" ASC, t0."id" ASC"#
            )],
        ),
        (
            "a page by key, with nulls",
            |b| ReadShape {
                order: b.order(&["-Post.pinned", "Post.id"]),
                after: Some(vec![None, b.number(2)]),
                ..b.many("Post", "id", Filter::Always)
            },
            &[concat!(
                r#"SELECT t0."id" FROM "posts" AS t0 WHERE ((1 = 0) OR (t0."pinned" IS NULL AND t0."id" > ?1)) "#,
                r#"ORDER BY t0."pinned" DESC, t0."id" ASC"#
            )],
        ),
        (
            "two-valued logic",
            |b| {
                let like = b.text("Post.title", TextOp::Contains, "a%", true);
                let none = b.related("Post.tags", Quantifier::None, b.eq("Tag.label", &json!("x")));
                let views = b.compare("Post.views", CompareOp::Greater, &json!(3));
                let filter = Filter::all([
                    Filter::not(like),
                    Filter::not(none),
                    Filter::any([views, Filter::IsNull(b.col("Post.score"))]),
                ]);
                b.one("Post", "id", filter)
            },
            &[concat!(
                r#"SELECT t0."id" FROM "posts" AS t0 WHERE ((instr(purlin_lower(t0."title"), purlin_lower(?1)) > 0) IS NOT TRUE "#,
                r#"AND EXISTS (SELECT 1 FROM "_PostToTag" AS t1 JOIN "Tag" AS t2 ON t2."id" = t1."B" WHERE t1."A" = t0."id" AND t2."label" = ?2) "#,
                r#"AND (t0."views" > ?3 OR t0."score" IS NULL))"#
            )],
        ),
        (
            "guards",
            |b| {
                let mut shape = b.one("User", "", b.eq("User.id", &json!(1)));
                let guard = Some(b.compare("User.age", CompareOp::Less, &json!(18)));
                shape.columns.push(Column { field: b.id("User.email"), guard: guard.map(Box::new) });
                shape
            },
            &[r#"SELECT CASE WHEN t0."age" < ?1 THEN t0."email" END FROM "User" AS t0 WHERE t0."id" = ?2"#],
        ),
        (
            "to-one and to-many",
            |b| {
                let mut comments = b.include("Post.comments", "body");
                comments.shape.filter = b.eq("Comment.body", &json!("yes"));
                ReadShape {
                    includes: vec![b.include("Post.author", "name"), comments],
                    ..b.one("Post", "title", b.eq("Post.id", &json!(1)))
                }
            },
            &[
                concat!(
                    r#"SELECT t0."title", t1."id", t1."name", t0."id" FROM "posts" AS t0 "#,
                    r#"LEFT JOIN "User" AS t1 ON t1."id" = t0."authorId" WHERE t0."id" = ?1"#
                ),
                concat!(
                    r#"SELECT t0."postId", t0."body" FROM "Comment" AS t0 WHERE t0."postId" IN "#,
                    r#"(SELECT k.value FROM json_each(?1) AS k) AND t0."body" = ?2 ORDER BY t0."postId", t0."id" ASC"#
                ),
            ],
        ),
        (
            "to-many, some of each",
            |b| {
                let mut posts = b.include("User.posts", "title");
                posts.shape.limit = Some(2);
                ReadShape { includes: vec![posts], ..b.many("User", "", Filter::Always) }
            },
            &[
                r#"SELECT t0."id" FROM "User" AS t0 ORDER BY t0."id" ASC"#,
                concat!(
                    r#"SELECT k.value, t1."title" FROM json_each(?1) AS k CROSS JOIN "posts" AS t1 WHERE t1."id" IN "#,
                    r#"(SELECT t0."id" AS p0 FROM "posts" AS t0 WHERE t0."authorId" = k.value ORDER BY t0."id" ASC LIMIT 2) "#,
                    r#"ORDER BY k.value, t1."id" ASC"#
                ),
            ],
        ),
        (
            "the first of each",
            |b| ReadShape { distinct: vec![b.id("Post.status")], ..b.many("Post", "status", Filter::Always) },
            &[concat!(
                r#"SELECT t0."status" FROM "posts" AS t0 WHERE t0."id" IN (SELECT p0 FROM (SELECT t1."id" AS p0, "#,
                r#"t1."id" AS o0, ROW_NUMBER() OVER (PARTITION BY t1."status" ORDER BY t1."id" ASC) AS n "#,
                r#"FROM "posts" AS t1 WHERE 1 = 1) AS d WHERE n = 1 ORDER BY o0 ASC) ORDER BY t0."id" ASC"#
            )],
        ),
    ]
}
