//! Which index a list lacks.

use purlin_core::advice::wanted_index;
use purlin_core::input::{Limits, Problems, query_from_json};
use purlin_schema::SourceFile;
use serde_json::{Value, json};

const SCHEMA: &str = r"
model Post {
  id        Int      @id @default(autoincrement())
  slug      String   @unique
  status    String
  title     String
  views     Int
  isDone    Boolean
  layout    Json?
  author    User     @relation(fields: [authorId], references: [id])
  authorId  Int
  createdAt DateTime
  editedAt  DateTime

  @@index([createdAt])
}

model User {
  id    Int    @id
  name  String
  posts Post[]
}
";

#[track_caller]
fn check(query: &Value, wanted: &[&str]) {
    let compiled = purlin_schema::compile(vec![SourceFile::new("schema.zmodel", SCHEMA)]);
    let schema = compiled.schema.unwrap();
    let model = schema.models.iter().find(|model| model.name == "Post").unwrap();
    let mut problems = Problems::default();
    let (query, _) = query_from_json(&schema, model, query, Limits::default(), &mut problems);
    problems.finish(()).unwrap();
    let found: Vec<&str> =
        wanted_index(model, &query).iter().map(|field| model.field(*field).name.as_str()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn an_index_that_would_help() {
    check(&json!({"where": {"status": "a"}}), &["status"]);
    check(&json!({"where": {"status": "a"}, "orderBy": {"createdAt": "desc"}}), &["status", "createdAt"]);
    check(
        &json!({"where": {"status": "a", "title": {"in": ["b"]}}, "orderBy": {"views": "asc"}}),
        &["status", "title", "views"],
    );
    check(&json!({"where": {"views": {"gt": 5}}, "orderBy": {"author": {"name": "asc"}}}), &["views"]);
    check(&json!({"orderBy": {"editedAt": "desc"}}), &["editedAt"]);
}

#[test]
fn where_one_helps_or_none_could() {
    for query in [
        json!({}),
        json!({"where": {"slug": "a", "title": "b"}}),
        json!({"where": {"authorId": 1}, "orderBy": {"views": "asc"}}),
        json!({"where": {"createdAt": {"gt": "2026-01-01T00:00:00.000Z"}}}),
        json!({"orderBy": {"createdAt": "desc"}}),
        json!({"where": {"author": {"is": {"name": "x"}}}, "orderBy": {"views": "asc"}}),
        json!({"where": {"OR": [{"status": "a"}, {"title": "b"}]}, "orderBy": {"views": "asc"}}),
        json!({"where": {"isDone": true}}),
        json!({"where": {"title": {"contains": "x"}}}),
    ] {
        check(&query, &[]);
    }
}
