//! What a request costs the database does not grow with the rows that are there: every endpoint of models in the document
//! is asked the same on 1, 10 and 100 rows of each, and runs as many statements each time.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::server::Server;

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
}

model User {
  id    Int     @id
  name  String
  email String  @unique
  posts Post[]
  notes Note[]
  @@auth
  @@allow('all', true)
}

model Post {
  id       Int     @id
  title    String
  views    Int     @default(0)
  secret   String? @allow('read', author == auth())
  author   User    @relation(fields: [authorId], references: [id], onDelete: Cascade)
  authorId Int
  notes    Note[]
  labels   Label[]
  @@fulltext([title])
  @@allow('read', views >= 0 || author == auth())
  @@allow('create,update,delete', auth() != null)
}

model Note {
  id     Int    @id @default(autoincrement())
  text   String
  post   Post   @relation(fields: [postId], references: [id], onDelete: Cascade)
  postId Int
  user   User   @relation(fields: [userId], references: [id], onDelete: Cascade)
  userId Int
  @@allow('all', post.views >= 0)
}

model Label {
  id    Int    @id
  name  String @unique
  posts Post[]
  @@allow('all', auth() != null)
}
"#;

/// As an endpoint is written in the document, how it is asked, and with what. What deletes comes last.
const CALLS: &[(&str, &str, &str)] = &[
    ("GET /api/posts", "?limit=100&include=author,notes.user,labels&sort=author.name", ""),
    ("GET /api/posts", "?limit=100&search=title&labels.none.name[contains]=x&fields=id,secret", ""),
    ("GET /api/posts", "?limit=100&cursor=&sort=-notes._count", ""),
    ("GET /api/posts/count", "?author.name[contains]=A", ""),
    ("GET /api/posts/aggregate", "?_sum=views&groupBy=authorId", ""),
    (
        "POST /api/posts/query",
        "",
        r#"{"include": {"notes": {"include": {"user": true}}, "_count": true}, "take": 100}"#,
    ),
    ("POST /api/posts/aggregate", "", r#"{"by": ["authorId"], "_count": true}"#),
    ("GET /api/posts/{id}", "1?include=author,notes.user,labels.posts", ""),
    ("GET /api/posts/{id}/author", "1?include=posts", ""),
    ("GET /api/posts/{id}/labels", "1?limit=100&include=posts", ""),
    ("GET /api/posts/{id}/notes", "1?limit=100&include=user", ""),
    ("GET /api/users", "?limit=100&include=posts.notes,notes", ""),
    ("GET /api/users/count", "", ""),
    ("GET /api/users/aggregate", "?_max=id", ""),
    ("POST /api/users/query", "", r#"{"take": 100}"#),
    ("POST /api/users/aggregate", "", r#"{"_max": {"id": true}}"#),
    ("GET /api/users/{id}", "1", ""),
    ("GET /api/users/{id}/posts", "1", ""),
    ("GET /api/users/{id}/notes", "1", ""),
    ("GET /api/labels", "?limit=100&include=posts", ""),
    ("GET /api/labels/count", "", ""),
    ("GET /api/labels/aggregate", "?_max=id", ""),
    ("POST /api/labels/query", "", r#"{"take": 100}"#),
    ("POST /api/labels/aggregate", "", r#"{"_max": {"id": true}}"#),
    ("GET /api/labels/{id}", "1", ""),
    ("GET /api/labels/{id}/posts", "1", ""),
    ("GET /api/notes", "?limit=100&include=post.labels,user", ""),
    ("GET /api/notes/count", "", ""),
    ("GET /api/notes/aggregate", "?_max=id", ""),
    ("POST /api/notes/query", "", r#"{"take": 100}"#),
    ("POST /api/notes/aggregate", "", r#"{"_max": {"id": true}}"#),
    ("GET /api/notes/{id}", "1", ""),
    ("GET /api/notes/{id}/post", "1", ""),
    ("GET /api/notes/{id}/user", "1", ""),
    (
        "POST /api/posts",
        "?include=notes,labels",
        r#"{"id": 1001, "title": "n", "authorId": 1, "notes": {"create": [{"text": "a", "userId": 1}]}, "labels": {"connect": [{"id": 1}]}}"#,
    ),
    ("POST /api/posts", "?upsert=id", r#"{"id": 1, "title": "again", "authorId": 1}"#),
    ("POST /api/posts", "?skipDuplicates=true", r#"[{"id": 1, "title": "again", "authorId": 1}]"#),
    ("POST /api/posts/{id}/labels", "1", r#"{"id": 1001, "name": "n"}"#),
    ("POST /api/posts/{id}/notes", "1", r#"{"text": "n", "userId": 1}"#),
    (
        "POST /api/users",
        "",
        r#"{"id": 1001, "name": "n", "email": "n@x.io", "posts": {"create": {"id": 1002, "title": "n"}}}"#,
    ),
    ("POST /api/users/{id}/posts", "1", r#"{"id": 1003, "title": "n"}"#),
    ("POST /api/users/{id}/notes", "1", r#"{"text": "n", "postId": 1}"#),
    ("POST /api/labels", "", r#"{"id": 1002, "name": "m"}"#),
    ("POST /api/labels/{id}/posts", "1", r#"{"id": 1004, "title": "n", "authorId": 1}"#),
    (
        "POST /api/notes",
        "",
        r#"[{"text": "n", "postId": 1, "userId": 1}, {"text": "o", "postId": 1, "userId": 1}]"#,
    ),
    (
        "POST /api/batch",
        "",
        r#"{"operations": [
            {"model": "User", "op": "create", "data": {"id": 1005, "name": "n", "email": "o@x.io"}, "as": "user"},
            {"model": "Post", "op": "create", "data": {"id": 1005, "title": "n", "authorId": {"$ref": "user.id"}}}
        ]}"#,
    ),
    ("PATCH /api/posts", "?views[gte]=0", r#"{"views": {"increment": 1}}"#),
    (
        "PATCH /api/posts/{id}",
        "1?include=notes,labels",
        r#"{"notes": {"updateMany": {"where": {}, "data": {"text": "x"}}}, "labels": {"set": [{"id": 1}]}}"#,
    ),
    ("PUT /api/posts/{id}", "1", r#"{"title": "p", "authorId": 1}"#),
    ("PATCH /api/users", "?id[gte]=0", r#"{"name": "x"}"#),
    ("PATCH /api/users/{id}", "1", r#"{"posts": {"update": {"where": {"id": 1}, "data": {"title": "q"}}}}"#),
    ("PUT /api/users/{id}", "1", r#"{"name": "p", "email": "p@x.io"}"#),
    ("PATCH /api/labels", "?id[lt]=0", r#"{"name": "x"}"#),
    ("PATCH /api/labels/{id}", "1", r#"{"name": "y"}"#),
    ("PUT /api/labels/{id}", "1", r#"{"name": "z"}"#),
    ("PATCH /api/notes", "?id[gte]=0", r#"{"text": "x"}"#),
    ("PATCH /api/notes/{id}", "1", r#"{"text": "y"}"#),
    ("PUT /api/notes/{id}", "1", r#"{"text": "z", "postId": 1, "userId": 1}"#),
    ("DELETE /api/notes/{id}", "1", ""),
    ("DELETE /api/notes", "?text[not]=none", ""),
    ("DELETE /api/labels/{id}", "1", ""),
    ("DELETE /api/labels", "?id[gte]=0", ""),
    ("DELETE /api/posts/{id}", "1", ""),
    ("DELETE /api/posts", "?id[gt]=1", ""),
    ("DELETE /api/users", "?id[gt]=1", ""),
    ("DELETE /api/users/{id}", "1", ""),
];

/// How many rows of each model there are.
const SIZES: [i64; 3] = [1, 10, 100];

/// Of these the request looks at each row by itself (docs/writes.md): sign-in forgets users who are gone, and only them.
const BY_ROW: &[&str] = &["DELETE /api/users?id[gt]=1"];

fn rows(number: i64) -> Vec<(&'static str, Value)> {
    let each = |row: &dyn Fn(i64) -> Value| (1..=number).map(row).collect::<Value>();
    vec![
        ("User", each(&|id| json!({"id": id, "name": format!("Ann {id}"), "email": format!("u{id}@x.io")}))),
        ("Label", each(&|id| json!({"id": id, "name": format!("label {id}")}))),
        (
            "Post",
            each(&|id| json!({"id": id, "title": format!("Title {id}"), "authorId": id, "secret": "s"})),
        ),
        ("Note", each(&|id| json!({"id": id, "text": "note", "postId": 1, "userId": id}))),
    ]
}

/// A read that takes too long for its place on a busy machine is begun again elsewhere: the least of so many runs counts.
const RUNS: usize = 3;

/// The statements of each call, on so many rows of each model.
fn costs(number: i64) -> Vec<u64> {
    let server = Server::start_of(SCHEMA, rows(number), |_| {});
    let missing = missing(&server.call(None, "GET /openapi.json", "").json());
    assert!(missing.is_empty(), "no call is here for {missing:?}");
    let mut faults = String::new();
    let mut cost = |call: &(&str, &str, &str)| {
        let request = request(call);
        let before = server.statements();
        let called = server.call(Some("1"), &request, call.2);
        if called.status >= 300 {
            writeln!(faults, "{request}: {} {}", called.status, called.text).unwrap();
        }
        server.statements() - before
    };
    let costs = CALLS.iter().map(&mut cost).collect();
    assert_eq!(faults, "");
    costs
}

#[test]
fn statements_do_not_grow_with_rows() {
    let least = |number: i64| {
        let runs: Vec<Vec<u64>> = (0..RUNS).map(|_| costs(number)).collect();
        (0..CALLS.len()).map(|at| runs.iter().map(|run| run[at]).min().unwrap()).collect::<Vec<u64>>()
    };
    let costs = SIZES.map(least);
    let mut report = String::new();
    for (at, call) in CALLS.iter().enumerate() {
        let each: Vec<u64> = costs.iter().map(|costs| costs[at]).collect();
        let request = request(call);
        let is_fit = if BY_ROW.contains(&request.as_str()) {
            each.iter().zip(SIZES).all(|(cost, rows)| *cost <= rows.unsigned_abs() + 10)
        } else {
            each.iter().all(|cost| *cost == each[0])
        };
        assert!(is_fit, "{request} runs {each:?} statements on {SIZES:?} rows");
        writeln!(report, "{} {request}", each[0]).unwrap();
    }
    insta::assert_snapshot!(report);
}

/// `GET /api/posts/1?include=author`.
fn request((endpoint, rest, _): &(&str, &str, &str)) -> String {
    if !endpoint.contains("{id}") {
        return format!("{endpoint}{rest}");
    }
    let (key, parameters) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    format!("{}{parameters}", endpoint.replace("{id}", key))
}

/// The endpoints of models that nothing here asks.
fn missing(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let is_of_models = path.starts_with("/api/") && !path.starts_with("/api/auth/");
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        found.extend(
            methods.filter(|_| is_of_models).map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    assert!(found.len() > 50, "{found:?}");
    for (endpoint, ..) in CALLS {
        found.remove(*endpoint);
    }
    found
}
