//! Filters across relations of every kind, seen from stored rows and from known values.

use purlin_core::schema::CompareOp::{Equal, Greater, NotEqual};
use purlin_core::schema::Quantifier::{Every, None as NoneOf, Some as SomeOf};
use purlin_core::statement::{Filter, Operand, Origin};
use purlin_core::value::Value;
use serde_json::{Value as Json, json};

use super::build::Build;
use super::kit::{Kit, MakeStore};

type Case = (&'static str, &'static str, fn(&Build<'_>) -> Filter, &'static [i64]);

pub fn relations(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    for (name, model, filter, expected) in cases() {
        let ids = |ids: &[i64]| Json::Array(ids.iter().map(|id| json!({ "id": id })).collect());
        kit.check(name, &ids(expected), |build| build.many(model, "id", filter(build)));
        let (all, _) = kit.ask(|build| build.many(model, "id", Filter::Always)).unwrap();
        let all: Vec<i64> = all.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
        let others: Vec<i64> = all.into_iter().filter(|id| !expected.contains(id)).collect();
        kit.check(&format!("not: {name}"), &ids(&others), |build| {
            build.many(model, "id", Filter::not(filter(build)))
        });
    }
}

fn of_user(build: &Build<'_>, id: i64) -> Origin {
    Origin::Values(vec![Operand::Param(build.param(Value::Int(id)))])
}

fn cases() -> Vec<Case> {
    vec![
        (
            "to-one, some",
            "Post",
            |b| b.related("Post.author", SomeOf, b.eq("User.name", &json!("Ada"))),
            &[1, 2],
        ),
        (
            "to-one, none",
            "Post",
            |b| b.related("Post.author", NoneOf, b.eq("User.name", &json!("Ada"))),
            &[3, 4, 5],
        ),
        ("optional to-one, some", "User", |b| b.related("User.manager", SomeOf, Filter::Always), &[2, 3, 4]),
        ("optional to-one, none", "User", |b| b.related("User.manager", NoneOf, Filter::Always), &[1]),
        (
            "one to one from the other side",
            "User",
            |b| b.related("User.profile", SomeOf, b.eq("Profile.bio", &json!("second"))),
            &[4],
        ),
        (
            "to-many, some",
            "User",
            |b| b.related("User.posts", SomeOf, b.eq("Post.status", &json!("published"))),
            &[1, 2],
        ),
        (
            "to-many, every",
            "User",
            |b| b.related("User.posts", Every, b.eq("Post.status", &json!("published"))),
            &[2, 3],
        ),
        (
            "every with nulls",
            "User",
            |b| b.related("User.posts", Every, b.compare("Post.score", Greater, &json!("0"))),
            &[1, 3],
        ),
        (
            "to-many, none",
            "User",
            |b| b.related("User.posts", NoneOf, b.eq("Post.status", &json!("published"))),
            &[3, 4],
        ),
        (
            "none with nulls",
            "User",
            |b| b.related("User.posts", NoneOf, b.compare("Post.score", NotEqual, &json!("10"))),
            &[3],
        ),
        (
            "self, to-many",
            "User",
            |b| b.related("User.reports", SomeOf, b.eq("User.name", &json!("Bob"))),
            &[1],
        ),
        (
            "self, nested",
            "User",
            |b| {
                b.related(
                    "User.reports",
                    SomeOf,
                    b.related("User.reports", SomeOf, b.eq("User.name", &json!("Dee"))),
                )
            },
            &[1],
        ),
        (
            "many to many, some",
            "Post",
            |b| b.related("Post.tags", SomeOf, b.eq("Tag.label", &json!("rust"))),
            &[1, 3],
        ),
        (
            "many to many, every",
            "Post",
            |b| b.related("Post.tags", Every, b.eq("Tag.label", &json!("rust"))),
            &[2, 3, 4, 5],
        ),
        ("many to many, none", "Tag", |b| b.related("Tag.posts", NoneOf, Filter::Always), &[3]),
        (
            "named many to many",
            "User",
            |b| b.related("User.liked", SomeOf, b.eq("Post.id", &json!(1))),
            &[2, 3],
        ),
        (
            "named many to many, back",
            "Post",
            |b| b.related("Post.likers", SomeOf, b.eq("User.id", &json!(2))),
            &[1, 3],
        ),
        (
            "compound keys",
            "User",
            |b| {
                b.related(
                    "User.memberships",
                    SomeOf,
                    b.related("Membership.team", SomeOf, b.eq("Team.name", &json!("Axes"))),
                )
            },
            &[1],
        ),
        ("a path of columns", "Post", |b| b.eq("Post.author.name", &json!("Bob")), &[3, 4]),
        ("a longer path", "Post", |b| b.eq("Post.author.manager.name", &json!("Ada")), &[3, 4]),
        ("a path into nowhere", "User", |b| Filter::IsNull(b.col("User.manager.name")), &[1]),
        ("a path to the other side", "User", |b| b.eq("User.profile.bio", &json!("first")), &[1]),
        (
            "two paths",
            "Comment",
            |b| b.columns_compare("Comment.parent.postId", Equal, "Comment.postId"),
            &[2, 4],
        ),
        (
            "an outer row",
            "User",
            |b| {
                b.related(
                    "User.posts",
                    SomeOf,
                    Filter::Compare {
                        op: Greater,
                        left: b.col_at(1, "User.age"),
                        right: b.col("Post.views"),
                    },
                )
            },
            &[1, 2, 4],
        ),
        (
            "two outer rows",
            "User",
            |b| {
                b.related(
                    "User.posts",
                    SomeOf,
                    b.related(
                        "Post.comments",
                        SomeOf,
                        Filter::Compare {
                            op: Equal,
                            left: b.col_at(2, "User.id"),
                            right: b.col("Comment.postId"),
                        },
                    ),
                )
            },
            &[1],
        ),
        (
            "an outer row's relation",
            "User",
            |b| {
                b.related(
                    "User.posts",
                    SomeOf,
                    b.related_from(Origin::Scope(1), "User.profile", SomeOf, Filter::Always),
                )
            },
            &[1, 4],
        ),
        (
            "a row known by its key",
            "Tag",
            |b| b.related_from(of_user(b, 1), "User.posts", SomeOf, b.eq("Post.title", &json!("Beta"))),
            &[1, 2, 3],
        ),
        (
            "a row known by its key, without",
            "Tag",
            |b| b.related_from(of_user(b, 2), "User.posts", SomeOf, b.eq("Post.title", &json!("Beta"))),
            &[],
        ),
        (
            "a column behind a known key",
            "Post",
            |b| {
                let (user, relations, field) = b.field("User.manager.id");
                let left =
                    Operand::Column { origin: of_user_key(b, 1), model: user.id, relations, field: field.id };
                Filter::Compare { op: Equal, left, right: b.col("Post.authorId") }
            },
            &[1, 2],
        ),
        (
            "exists, not correlated",
            "Tag",
            |b| Filter::Exists {
                model: b.model("User").id,
                condition: Box::new(b.eq("User.name", &json!("Ada"))),
            },
            &[1, 2, 3],
        ),
        (
            "exists, correlated",
            "User",
            |b| Filter::Exists {
                model: b.model("Comment").id,
                condition: Box::new(Filter::Compare {
                    op: Equal,
                    left: b.col("Comment.postId"),
                    right: b.col_at(1, "User.id"),
                }),
            },
            &[1, 3],
        ),
    ]
}

/// The values of `User.manager`'s own side: the manager's id.
fn of_user_key(build: &Build<'_>, manager: i64) -> Origin {
    of_user(build, manager)
}
