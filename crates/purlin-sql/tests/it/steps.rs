//! Steps of write plans.

use std::borrow::Cow;

use purlin_core::statement::{Change, Expect, Filter, LoadSlot, Step, WriteValue};
use purlin_core::value::Value;
use purlin_sql::dialect::{Postgres, Sqlite};
use purlin_sql::{
    Statements, StepShape, render_check, render_delete, render_insert, render_link, render_load,
    render_unlink, render_update,
};
use purlin_testkit::conformance::{self, Build};
use serde_json::json;

fn render(build: &Build<'_>, step: &Step) -> String {
    let schema = build.schema;
    let statement = match step {
        Step::Load { model, fields, filter, .. } => render_load(schema, &Sqlite, *model, fields, filter),
        Step::Check { filter, .. } => render_check(schema, &Sqlite, filter),
        Step::Insert(insert) => render_insert(schema, &Sqlite, insert),
        Step::Update(update) => render_update(schema, &Sqlite, update.model, &update.changes, &update.filter),
        Step::Delete { model, filter, .. } => render_delete(schema, &Sqlite, *model, filter),
        Step::Link { model, relation, local, target, remove } => {
            render_link(schema, &Sqlite, *model, *relation, (local, target), *remove).unwrap()
        }
        Step::Unlink { model, relation, local, filter } => {
            render_unlink(schema, &Sqlite, (*model, *relation), local, filter)
        }
        Step::Validate { .. } | Step::Judge { .. } | Step::Skip { .. } => return String::new(),
    };
    statement.text
}

#[test]
fn texts() {
    let schema = conformance::schema();
    for (describe, expected) in cases() {
        let build = Build::new(&schema);
        assert_eq!(render(&build, &describe(&build)), expected);
    }
}

type Case = (fn(&Build<'_>) -> Step, &'static str);

/// Rows of several plans, bound one after the other by the bindings of one.
#[test]
fn inserts_together() {
    let schema = conformance::schema();
    let build = Build::new(&schema);
    let Step::Insert(insert) = build.insert("Tag", &json!({"id": 1, "label": "x"}), Some(0)) else {
        panic!("no insert")
    };
    let shape = StepShape::Inserts { insert: Cow::Owned(insert), rows: 2 };
    let statement = Statements::new(8).get(&schema, &Postgres, shape);
    assert_eq!(
        statement.text,
        r#"INSERT INTO "Tag" ("id", "label") VALUES ($1, $2), ($3, $4) RETURNING "id""#
    );
    assert_eq!(statement.bindings.len(), 2);
}

fn cases() -> Vec<Case> {
    vec![
        (
            |b| b.insert("Tag", &json!({"id": 1, "label": "x"}), None),
            r#"INSERT INTO "Tag" ("id", "label") VALUES (?1, ?2)"#,
        ),
        (
            |b| b.insert("Post", &json!({"title": "x"}), Some(0)),
            r#"INSERT INTO "posts" ("title") VALUES (?1) RETURNING "id""#,
        ),
        (|b| b.insert("Tag", &json!({}), None), r#"INSERT INTO "Tag" DEFAULT VALUES"#),
        (
            |b| {
                let changes = vec![
                    ("title", b.set("Post.title", &json!("x"))),
                    ("views", Change::Increment(b.param(Value::Int(1)))),
                    (
                        "authorId",
                        Change::Set(WriteValue::Loaded { slot: LoadSlot(0), field: b.id("User.id") }),
                    ),
                ];
                b.update("Post", changes, b.eq("Post.author.name", &json!("Ada")), Expect::Any)
            },
            concat!(
                r#"UPDATE "posts" AS t0 SET "title" = ?1, "views" = purlin_arithmetic('+', 'Int', t0."views", ?2, 'views'), "#,
                r#""authorId" = ?3 WHERE (SELECT t1."name" FROM "User" AS t1 WHERE t1."id" = t0."authorId") = ?4"#
            ),
        ),
        (
            |b| {
                let change = vec![("tags", Change::Push(b.param(Value::List(vec!["x".into()]))))];
                b.update("Thing", change, Filter::Always, Expect::Any)
            },
            r#"UPDATE "Thing" AS t0 SET "tags" = purlin_append(t0."tags", ?1) WHERE 1 = 1"#,
        ),
        (
            |b| {
                let value = b.write_value("Post.title", &json!("x"));
                let condition = b.eq("Post.author.name", &json!("Ada"));
                let change = vec![("title", Change::SetWhere { value, condition })];
                b.update("Post", change, b.eq("Post.id", &json!(1)), Expect::Any)
            },
            concat!(
                r#"UPDATE "posts" AS t0 SET "title" = CASE WHEN (SELECT t1."name" FROM "User" AS t1 WHERE t1."id" = t0."authorId") = ?1 "#,
                r#"THEN ?2 ELSE t0."title" END WHERE t0."id" = ?3"#
            ),
        ),
        (
            |b| b.delete("Membership", b.eq("Membership.userId", &json!(1)), Expect::Any),
            r#"DELETE FROM "Membership" AS t0 WHERE t0."userId" = ?1"#,
        ),
        (
            |b| b.link("Tag.posts", &json!(1), &json!(2), false),
            r#"INSERT INTO "_PostToTag" ("B", "A") VALUES (?1, ?2) ON CONFLICT DO NOTHING"#,
        ),
        (
            |b| b.link("Tag.posts", &json!(1), &json!(2), true),
            r#"DELETE FROM "_PostToTag" WHERE "B" = ?1 AND "A" = ?2"#,
        ),
    ]
}
