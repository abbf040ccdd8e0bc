//! What constraints refuse is said in fields of the schema, and never with a value.

use purlin_core::error::Error;
use purlin_core::statement::{Expect, Filter, Step, WritePlan};
use serde_json::json;

use super::build::Build;
use super::kit::{Kit, MakeStore};

struct Case {
    name: &'static str,
    step: fn(&Build<'_>) -> Step,
    code: &'static str,
    message: &'static str,
    fields: &'static [&'static str],
}

pub fn errors(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    for case in cases() {
        let build = kit.build();
        let step = (case.step)(&build);
        let plan = WritePlan {
            steps: vec![step],
            params: build.into_params(),
            result: None,
            ..WritePlan::default()
        };
        let name = case.name;
        let Err(error) = kit.write(plan) else { panic!("{name}: was done") };
        assert_eq!(error.code(), case.code, "{name}: {error:?}");
        let (Error::Conflict { fields, .. } | Error::Invalid(fields)) = &error else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(fields.0.keys().map(String::as_str).collect::<Vec<_>>(), case.fields, "{name}");
        assert_eq!(error.to_string(), case.message, "{name}");
        assert!(!format!("{error:?}").contains("secret"), "{name}: {error:?}");
    }
    // A constraint that was met leaves the rows as they were.
    kit.check("rows", &json!([{"id": 1}, {"id": 2}, {"id": 3}]), |b| b.many("Tag", "id", Filter::Always));
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "unique",
            step: |b| b.insert("Post", &json!({"title": "secret", "slug": "alpha", "authorId": 1}), None),
            code: "CONFLICT",
            message: "a Post with this slug already exists",
            fields: &["slug"],
        },
        Case {
            name: "unique of an update",
            step: |b| {
                let change = vec![("email", b.set("User.email", &json!("ada@x.io")))];
                b.update("User", change, b.eq("User.id", &json!(2)), Expect::Any)
            },
            code: "CONFLICT",
            message: "a User with this email already exists",
            fields: &["email"],
        },
        Case {
            name: "primary key",
            step: |b| b.insert("Tag", &json!({"id": 1, "label": "secret"}), None),
            code: "CONFLICT",
            message: "a Tag with this id already exists",
            fields: &["id"],
        },
        Case {
            name: "compound primary key",
            step: |b| b.insert("Team", &json!({"org": "acme", "code": "a", "name": "secret"}), None),
            code: "CONFLICT",
            message: "a Team with this org and code already exists",
            fields: &["code", "org"],
        },
        Case {
            name: "foreign key of an insert",
            step: |b| b.insert("Post", &json!({"title": "secret", "slug": "secret", "authorId": 99}), None),
            code: "CONFLICT",
            message: "the User that `author` refers to does not exist",
            fields: &["authorId"],
        },
        Case {
            name: "compound foreign key of an insert",
            step: |b| {
                let row = json!({"userId": 1, "org": "secret", "code": "a", "role": "x"});
                b.insert("Membership", &row, None)
            },
            code: "CONFLICT",
            message: "the Team that `team` refers to does not exist",
            fields: &["code", "org"],
        },
        Case {
            name: "foreign key of an update",
            step: |b| {
                let change = vec![("managerId", b.set("User.managerId", &json!(99)))];
                b.update("User", change, b.eq("User.id", &json!(1)), Expect::Any)
            },
            code: "CONFLICT",
            message: "the User that `manager` refers to does not exist",
            fields: &["managerId"],
        },
        Case {
            name: "rows that still refer",
            step: |b| b.delete("User", b.eq("User.id", &json!(4)), Expect::Any),
            code: "CONFLICT",
            message: "a Post still refers to this User (`posts`)",
            fields: &["posts"],
        },
        Case {
            name: "a required value",
            step: |b| b.insert("Post", &json!({"title": null, "slug": "secret", "authorId": 1}), None),
            code: "VALIDATION_ERROR",
            message: "the data is not valid",
            fields: &["title"],
        },
        Case {
            name: "a link to nowhere",
            step: |b| b.link("Post.tags", &json!(1), &json!(99), false),
            code: "CONFLICT",
            message: "one of the two rows does not exist",
            fields: &["tags"],
        },
    ]
}
