//! Related rows in the answer: every kind of relation, levels below levels, pages per parent,
//! guards, counts.

use purlin_core::schema::Quantifier;
use purlin_core::statement::{Column, Filter, IncludeShape, ReadShape};
use serde_json::json;

use super::build::Build;
use super::kit::{Kit, MakeStore};

pub fn includes(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    to_one(&kit);
    to_many(&kit);
    levels(&kit);
    deep(&kit);
    paged(&kit);
    guarded(&kit);
    counts(&kit);
}

fn with(build: &Build<'_>, shape: ReadShape, includes: &[(&str, &str)]) -> ReadShape {
    let includes = includes.iter().map(|(path, columns)| build.include(path, columns)).collect();
    ReadShape { includes, ..shape }
}

fn to_one(kit: &Kit) {
    let expected = json!([
        {"id": 1, "manager": null, "profile": {"bio": "first"}},
        {"id": 2, "manager": {"name": "Ada"}, "profile": null},
        {"id": 3, "manager": {"name": "Ada"}, "profile": null},
        {"id": 4, "manager": {"name": "Bob"}, "profile": {"bio": "second"}},
    ]);
    kit.check("to-one", &expected, |b| {
        with(b, b.many("User", "id", Filter::Always), &[("User.manager", "name"), ("User.profile", "bio")])
    });
    kit.check("to-one of one", &json!({"title": "Alpha", "author": {"id": 1, "name": "Ada"}}), |b| {
        with(b, b.one("Post", "title", b.eq("Post.id", &json!(1))), &[("Post.author", "id name")])
    });
    kit.check(
        "to-one by a compound key",
        &json!([
            {"role": "lead", "team": {"name": "Anvils"}},
            {"role": "guest", "team": {"name": "Axes"}},
            {"role": "member", "team": {"name": "Anvils"}},
        ]),
        |b| with(b, b.many("Membership", "role", Filter::Always), &[("Membership.team", "name")]),
    );
    // What a rule hides is not there.
    let hidden = json!([{"id": 2, "manager": null}, {"id": 4, "manager": {"name": "Bob"}}]);
    kit.check("to-one behind a rule", &hidden, |b| {
        let mut include = b.include("User.manager", "name");
        include.shape.filter = b.eq("User.name", &json!("Bob"));
        let filter = b.is_in("User.id", &json!([2, 4]));
        ReadShape { includes: vec![include], ..b.many("User", "id", filter) }
    });
}

fn to_many(kit: &Kit) {
    kit.check(
        "to-many",
        &json!([
            {"id": 1, "posts": [{"title": "Alpha"}, {"title": "Beta"}]},
            {"id": 2, "posts": [{"title": "Gamma"}, {"title": "delta"}]},
            {"id": 3, "posts": []},
            {"id": 4, "posts": [{"title": "Épsilon"}]},
        ]),
        |b| with(b, b.many("User", "id", Filter::Always), &[("User.posts", "title")]),
    );
    kit.check(
        "many to many",
        &json!([
            {"id": 1, "tags": [{"label": "rust"}, {"label": "sql"}]},
            {"id": 2, "tags": []},
            {"id": 3, "tags": [{"label": "rust"}]},
        ]),
        |b| {
            let filter = b.is_in("Post.id", &json!([1, 2, 3]));
            with(b, b.many("Post", "id", filter), &[("Post.tags", "label")])
        },
    );
    kit.check("named many to many of one", &json!({"id": 1, "likers": [{"id": 2}, {"id": 3}]}), |b| {
        with(b, b.one("Post", "id", b.eq("Post.id", &json!(1))), &[("Post.likers", "id")])
    });
    kit.check("compound keys", &json!([
        {"name": "Anvils", "memberships": [{"userId": 1, "role": "lead"}, {"userId": 2, "role": "member"}]},
        {"name": "Bells", "memberships": []},
        {"name": "Axes", "memberships": [{"userId": 1, "role": "guest"}]},
    ]), |b| with(b, b.many("Team", "name", Filter::Always), &[("Team.memberships", "userId role")]));
    kit.check("no parents", &json!([]), |b| {
        with(b, b.many("User", "id", Filter::Never), &[("User.posts", "id")])
    });
    kit.check(
        "filtered and ordered",
        &json!([
            {"id": 1, "posts": [{"title": "Alpha"}]},
            {"id": 2, "posts": [{"title": "delta"}, {"title": "Gamma"}]},
        ]),
        |b| {
            let mut include = b.include("User.posts", "title");
            include.shape.filter = b.eq("Post.status", &json!("published"));
            include.shape.order = b.order(&["-Post.title"]);
            let filter = b.is_in("User.id", &json!([1, 2]));
            ReadShape { includes: vec![include], ..b.many("User", "id", filter) }
        },
    );
}

fn levels(kit: &Kit) {
    // To-many below to-one below to-many, and a relation to the same model.
    let expected = json!([
        {"id": 1, "replies": [
            {"id": 2, "replies": [], "post": {"title": "Alpha", "tags": [{"label": "rust"}, {"label": "sql"}]}},
            {"id": 3, "replies": [], "post": {"title": "Gamma", "tags": [{"label": "rust"}]}},
        ]},
        {"id": 4, "replies": []},
    ]);
    kit.check("levels", &expected, |b| {
        let mut post = b.include("Comment.post", "title");
        post.shape.includes.push(b.include("Post.tags", "label"));
        let mut replies = b.include("Comment.replies", "id");
        replies.shape.includes.push(b.include("Comment.replies", "id"));
        replies.shape.includes.push(post);
        let filter = Filter::IsNull(b.col("Comment.parentId"));
        ReadShape { includes: vec![replies], ..b.many("Comment", "id", filter) }
    });
    let expected = json!({"id": 4, "manager": {"name": "Bob", "manager": {"name": "Ada", "manager": null}}});
    kit.check("to-one below to-one", &expected, |b| {
        let mut top = b.include("User.manager", "name");
        let mut middle = b.include("User.manager", "name");
        middle.shape.includes.push(b.include("User.manager", "name"));
        top.shape.includes.push(middle);
        ReadShape { includes: vec![top], ..b.one("User", "id", b.eq("User.id", &json!(4))) }
    });
}

/// More to-one relations than an engine joins.
fn deep(kit: &Kit) {
    let expected = json!({"id": 4, "manager": {"name": "Bob", "manager": {"name": "Ada", "manager": null}}});
    kit.check("a long chain", &expected, |b| {
        let chain = (0..40).fold(b.include("User.manager", "name"), |inner, _| {
            let mut outer = b.include("User.manager", "name");
            outer.shape.includes.push(inner);
            outer
        });
        ReadShape { includes: vec![chain], ..b.one("User", "id", b.eq("User.id", &json!(4))) }
    });
}

fn paged(kit: &Kit) {
    let users = |b: &Build<'_>, change: &dyn Fn(&Build<'_>, &mut IncludeShape)| {
        let mut include = b.include("User.posts", "title");
        change(b, &mut include.shape);
        ReadShape { includes: vec![include], ..b.many("User", "id", Filter::Always) }
    };
    kit.check(
        "limit per parent",
        &json!([
            {"id": 1, "posts": [{"title": "Beta"}]},
            {"id": 2, "posts": [{"title": "delta"}]},
            {"id": 3, "posts": []},
            {"id": 4, "posts": [{"title": "Épsilon"}]},
        ]),
        |b| {
            users(b, &|b, shape| {
                shape.order = b.order(&["-Post.createdAt", "-Post.id"]);
                shape.limit = Some(1);
            })
        },
    );
    kit.check(
        "the end of each parent's",
        &json!([
            {"id": 1, "posts": [{"title": "Alpha"}, {"title": "Beta"}]},
            {"id": 2, "posts": [{"title": "Gamma"}, {"title": "delta"}]},
            {"id": 3, "posts": []},
            {"id": 4, "posts": [{"title": "Épsilon"}]},
        ]),
        |b| {
            users(b, &|b, shape| {
                shape.order = b.order(&["-Post.createdAt", "-Post.id"]);
                shape.is_backward = true;
                shape.limit = Some(2);
            })
        },
    );
    kit.check(
        "offset per parent",
        &json!([
            {"id": 1, "posts": [{"title": "Beta"}]},
            {"id": 2, "posts": [{"title": "delta"}]},
            {"id": 3, "posts": []},
            {"id": 4, "posts": []},
        ]),
        |b| users(b, &|b, shape| shape.offset = b.number(1)),
    );
    kit.check(
        "distinct per parent",
        &json!([
            {"id": 1, "posts": [{"title": "Beta"}, {"title": "Alpha"}]},
            {"id": 2, "posts": [{"title": "delta"}]},
            {"id": 3, "posts": []},
            {"id": 4, "posts": [{"title": "Épsilon"}]},
        ]),
        |b| {
            users(b, &|b, shape| {
                shape.order = b.order(&["-Post.id"]);
                shape.distinct = vec![b.id("Post.status")];
            })
        },
    );
    kit.check(
        "limit of many to many",
        &json!([
            {"id": 1, "tags": [{"label": "sql"}]},
            {"id": 3, "tags": [{"label": "rust"}]},
        ]),
        |b| {
            let mut include = b.include("Post.tags", "label");
            include.shape.order = b.order(&["-Tag.id"]);
            include.shape.limit = Some(1);
            let filter = b.is_in("Post.id", &json!([1, 3]));
            ReadShape { includes: vec![include], ..b.many("Post", "id", filter) }
        },
    );
    kit.check(
        "limit of compound keys",
        &json!([
            {"name": "Anvils", "memberships": [{"userId": 2}]},
            {"name": "Bells", "memberships": []},
            {"name": "Axes", "memberships": [{"userId": 1}]},
        ]),
        |b| {
            let mut include = b.include("Team.memberships", "userId");
            include.shape.order = b.order(&["-Membership.userId"]);
            include.shape.limit = Some(1);
            ReadShape { includes: vec![include], ..b.many("Team", "name", Filter::Always) }
        },
    );
}

fn guarded(kit: &Kit) {
    let expected = json!([
        {"id": 1, "age": 36, "manager": null, "posts": [{"id": 1}, {"id": 2}]},
        {"id": 2, "age": null, "manager": null, "posts": []},
        {"id": 3, "age": null, "manager": null, "posts": []},
        {"id": 4, "age": 52, "manager": {"id": 2}, "posts": [{"id": 5}]},
    ]);
    kit.check("guards", &expected, |b| {
        let grown_up =
            |b: &Build<'_>| b.compare("User.age", purlin_core::schema::CompareOp::Greater, &json!(18));
        let mut manager = b.include("User.manager", "id");
        manager.guard = Some(Box::new(grown_up(b)));
        let mut posts = b.include("User.posts", "id");
        posts.guard = Some(Box::new(grown_up(b)));
        let mut shape = b.many("User", "id", Filter::Always);
        shape.columns.push(Column { field: b.id("User.age"), guard: Some(Box::new(grown_up(b))) });
        ReadShape { includes: vec![manager, posts], ..shape }
    });
}

fn counts(kit: &Kit) {
    let expected = json!([
        {"id": 1, "_count": {"posts": 1, "liked": 0, "reports": 2}},
        {"id": 2, "_count": {"posts": 2, "liked": 2, "reports": 1}},
        {"id": 3, "_count": {"posts": 0, "liked": 1, "reports": 0}},
        {"id": 4, "_count": {"posts": 0, "liked": 0, "reports": 0}},
    ]);
    kit.check("counts", &expected, |b| {
        let published = b.eq("Post.status", &json!("published"));
        let counts = vec![
            b.count("User.posts", published),
            b.count("User.liked", Filter::Always),
            b.count("User.reports", Filter::Always),
        ];
        ReadShape { counts, ..b.many("User", "id", Filter::Always) }
    });
    let expected = json!([
        {"id": 1, "author": {"id": 1, "_count": {"posts": 2}}, "comments": [{"id": 1, "_count": {"replies": 2}}, {"id": 2, "_count": {"replies": 0}}]},
    ]);
    kit.check("counts below", &expected, |b| {
        let mut author = b.include("Post.author", "id");
        author.shape.counts.push(b.count("User.posts", Filter::Always));
        let mut comments = b.include("Post.comments", "id");
        comments.shape.counts.push(b.count("Comment.replies", Filter::Always));
        let filter = b.related("Post.comments", Quantifier::Some, b.eq("Comment.body", &json!("yes")));
        ReadShape { includes: vec![author, comments], ..b.many("Post", "id", filter) }
    });
}
