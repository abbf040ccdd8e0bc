//! Keys that change and rows that go: what follows for the rows that refer to them, which elsewhere the
//! database sees to.

use purlin_core::statement::{Change, Expect, Filter, ReadShape, Step, WritePlan};
use purlin_testkit::conformance::{self, Build, Kit};
use serde_json::{Value as Json, json};

use crate::databases::{in_database, owned};

fn write(kit: &Kit, describe: impl Fn(&Build<'_>) -> Vec<Step>) -> Result<u64, purlin_core::Error> {
    let b = kit.build();
    let steps = describe(&b);
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
        .map(|(_, outcome)| outcome.rows)
}

/// Users with their posts, reports, likes and memberships; teams; threads of comments.
fn kit() -> Kit {
    let schema = conformance::schema();
    let kit = Kit { store: in_database(schema.clone()), schema };
    write(&kit, |b| {
        let mut steps: Vec<Step> = [
            ("User", json!({"id": 1, "email": "a", "managerId": 1})),
            ("User", json!({"id": 2, "email": "b", "managerId": 1})),
            ("Post", json!({"id": 1, "title": "p", "slug": "p", "authorId": 1})),
            ("Profile", json!({"id": 1, "bio": "x", "userId": 2})),
            ("Team", json!({"org": "acme", "code": "a", "name": "A"})),
            ("Membership", json!({"userId": 1, "org": "acme", "code": "a", "role": "lead"})),
            ("Membership", json!({"userId": 2, "org": "acme", "code": "a", "role": "member"})),
            ("Comment", json!({"id": 1, "body": "c", "postId": 1})),
            ("Comment", json!({"id": 2, "body": "c", "postId": 1, "parentId": 1})),
            ("Comment", json!({"id": 3, "body": "c", "parentId": 2})),
        ]
        .iter()
        .map(|(model, row)| b.insert(model, row, None))
        .collect();
        steps.push(b.link("User.liked", &json!(1), &json!(1), false));
        // In a circle.
        let circle = vec![("parentId", b.set("Comment.parentId", &json!(3)))];
        steps.push(b.update("Comment", circle, b.eq("Comment.id", &json!(1)), Expect::Any));
        steps
    })
    .unwrap();
    kit
}

fn ids(kit: &Kit, model: &str) -> Json {
    let (rows, _) = kit.ask(|b| b.many(model, "id", Filter::Always)).unwrap();
    rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

#[test]
fn rows_follow_a_key_that_changes() {
    let kit = kit();
    let rekey = |from: i64, to: i64| {
        write(&kit, |b| {
            let change = vec![("id", b.set("User.id", &json!(to)))];
            vec![b.update("User", change, b.eq("User.id", &json!(from)), Expect::Any)]
        })
    };
    assert_eq!(rekey(1, 10).unwrap(), 1);
    let error = rekey(10, 2).unwrap_err();
    assert_eq!(error.to_string(), "a User with this id already exists");
    let expected = json!([
        {"id": 2, "email": "b", "managerId": 10, "posts": [], "liked": [], "memberships": [{"role": "member"}]},
        {"id": 10, "email": "a", "managerId": 10, "posts": [{"id": 1}], "liked": [{"id": 1}],
            "memberships": [{"role": "lead"}]},
    ]);
    kit.check("users", &expected, |b| ReadShape {
        includes: vec![
            b.include("User.posts", "id"),
            b.include("User.liked", "id"),
            b.include("User.memberships", "role"),
        ],
        ..b.many("User", "id email managerId", Filter::Always)
    });
    // Part of a compound key, through which others refer to it.
    write(&kit, |b| {
        let change = vec![("code", b.set("Team.code", &json!("z")))];
        vec![b.update("Team", change, b.eq("Team.name", &json!("A")), Expect::Any)]
    })
    .unwrap();
    let expected = json!([
        {"userId": 2, "code": "z", "team": {"name": "A"}},
        {"userId": 10, "code": "z", "team": {"name": "A"}},
    ]);
    kit.check("memberships", &expected, |b| ReadShape {
        includes: vec![b.include("Membership.team", "name")],
        ..b.many("Membership", "userId code", Filter::Always)
    });
    let found = kit.ask(|b| {
        let key = [b.eq("Team.org", &json!("acme")), b.eq("Team.code", &json!("z"))];
        b.one("Team", "name", Filter::all(key))
    });
    assert_eq!(found.unwrap().0, json!({"name": "A"}));
}

#[test]
fn rows_go_with_the_row_that_they_refer_to() {
    let kit = kit();
    let delete = |model: &str, id: i64| {
        write(&kit, |b| vec![b.delete(model, b.eq(&format!("{model}.id"), &json!(id)), Expect::Any)])
    };
    let error = delete("User", 1).unwrap_err();
    assert!(error.to_string().contains("still refers to this User"), "{error}");
    assert_eq!(ids(&kit, "User"), json!([1, 2]));
    write(&kit, |b| vec![b.delete("Team", Filter::Always, Expect::Any)]).unwrap();
    let (memberships, _) = kit.ask(|b| b.many("Membership", "role", Filter::Always)).unwrap();
    assert_eq!(memberships, json!([]));
    assert_eq!(delete("User", 2).unwrap(), 1);
    assert_eq!(ids(&kit, "Profile"), json!([]));
    let error = delete("User", 1).unwrap_err();
    // Its post is in the way; as elsewhere, the first relation is named through which anybody refers to it.
    assert_eq!(error.to_string(), "a User still refers to this User (`reports`)");
    // Comments go round in a circle, and with their post.
    assert_eq!(delete("Post", 1).unwrap(), 1);
    assert_eq!(ids(&kit, "Comment"), json!([]));
    // The user manages itself.
    assert_eq!(delete("User", 1).unwrap(), 1);
    assert_eq!(ids(&kit, "User"), json!([]));
}

/// Names that are operators or paths elsewhere.
#[test]
fn documents_may_hold_any_name() {
    let schema = conformance::schema();
    let (_, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    let odd = json!({"": 1, "$set": {"$inc": [1]}, "a.b": {"c": "$x"}});
    write(&kit, |b| vec![b.insert("Thing", &json!({"id": 1, "j": odd, "s": "$s"}), None)]).unwrap();
    let check = |expected: &Json| {
        kit.check("document", &json!([{"j": expected}]), |b| b.many("Thing", "j", Filter::Always));
        let equal = purlin_core::statement::JsonOp::Compare(purlin_core::schema::CompareOp::Equal);
        kit.check("inside", &json!([{"id": 1}]), |b| {
            b.many("Thing", "id", b.json("Thing.j", &["a.b", "c"], equal, json!("$x")))
        });
    };
    check(&odd);
    let changed = json!({"$a": null, "a.b": {"$literal": 2, "c": "$x"}});
    write(&kit, |b| {
        let changes = vec![("j", b.set("Thing.j", &changed)), ("s", b.set("Thing.s", &json!("$j")))];
        vec![b.update("Thing", changes, b.eq("Thing.s", &json!("$s")), Expect::Any)]
    })
    .unwrap();
    check(&changed);
    kit.check("text", &json!([{"s": "$j"}]), |b| b.many("Thing", "s", Filter::Always));
}

/// Rows that always change together are never seen apart.
#[test]
fn a_read_sees_one_moment() {
    let kit = kit();
    write(&kit, |b| {
        let tag = b.insert("Tag", &json!({"id": 1, "label": "0"}), None);
        vec![tag, b.link("Post.tags", &json!(1), &json!(1), false)]
    })
    .unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for round in 1..=40 {
                write(&kit, |b| {
                    let views = vec![("views", Change::Increment(b.param(1.into())))];
                    let label = vec![("label", b.set("Tag.label", &json!(round.to_string())))];
                    vec![
                        b.update("Post", views, Filter::Always, Expect::Any),
                        b.update("Tag", label, Filter::Always, Expect::Any),
                    ]
                })
                .unwrap();
            }
        });
        let mut seen = std::collections::BTreeSet::new();
        while !writing.is_finished() {
            let (posts, _) = kit
                .ask(|b| ReadShape {
                    includes: vec![b.include("Post.tags", "label")],
                    ..b.many("Post", "views", Filter::Always)
                })
                .unwrap();
            let post = &posts[0];
            assert_eq!(post["views"].to_string(), post["tags"][0]["label"].as_str().unwrap());
            seen.insert(post["views"].as_i64());
        }
        assert!(seen.len() > 2, "{seen:?}");
    });
}
