//! The schema of the cases and its rows.

use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::statement::WritePlan;
use serde_json::{Value as Json, json};

use super::kit::{Kit, describe_error};

/// Every scalar, every kind of relation, compound keys, mapped names.
pub fn schema_text() -> &'static str {
    r#"
datasource db {
  provider = "sqlite"
}

enum Color {
  RED
  GREEN @map("g")
  BLUE
}

model Thing {
  id    Int       @id
  s     String?
  b     Boolean?
  i     Int?
  big   BigInt?
  f     Float?
  d     Decimal?
  t     DateTime?
  j     Json?
  x     Bytes?
  e     Color?
  tags  String[]
  nums  Int[]
  bigs  BigInt[]
  decs  Decimal[]
  cols  Color[]
  other String?
}

model User {
  id          Int          @id @default(autoincrement())
  email       String       @unique
  name        String?
  age         Int?
  managerId   Int?
  manager     User?        @relation("reports", fields: [managerId], references: [id], onDelete: SetNull)
  reports     User[]       @relation("reports")
  posts       Post[]
  profile     Profile?
  liked       Post[]       @relation("likes")
  memberships Membership[]
}

model Profile {
  id     Int    @id
  bio    String
  userId Int    @unique
  user   User   @relation(fields: [userId], references: [id], onDelete: Cascade)
}

model Post {
  id        Int       @id @default(autoincrement())
  title     String
  slug      String    @unique
  status    String    @default("draft")
  score     Decimal?
  views     Int       @default(0)
  pinned    Boolean?
  createdAt DateTime  @default(now()) @map("created_at")
  authorId  Int
  author    User      @relation(fields: [authorId], references: [id], onDelete: Restrict)
  tags      Tag[]
  likers    User[]    @relation("likes")
  comments  Comment[]

  @@index([status, createdAt])
  @@index([createdAt])
  @@map("posts")
}

model Tag {
  id    Int    @id
  label String @unique
  posts Post[]
}

model Comment {
  id       Int       @id
  body     String
  postId   Int?
  post     Post?     @relation(fields: [postId], references: [id], onDelete: Cascade)
  parentId Int?
  parent   Comment?  @relation("thread", fields: [parentId], references: [id], onDelete: Cascade)
  replies  Comment[] @relation("thread")
}

model Team {
  org         String
  code        String
  name        String
  memberships Membership[]

  @@id([org, code])
}

model Membership {
  userId Int
  org    String
  code   String
  role   String
  user   User   @relation(fields: [userId], references: [id])
  team   Team   @relation(fields: [org, code], references: [org, code], onDelete: Cascade)

  @@id([userId, org, code])
}
"#
}

pub fn schema() -> Arc<Schema> {
    let file = purlin_schema::SourceFile::new("conformance.prisma", schema_text());
    let compiled = purlin_schema::compile(vec![file]);
    match compiled.schema {
        Some(schema) => Arc::new(schema),
        None => panic!("the schema was refused: {:#?}", compiled.diagnostics),
    }
}

fn rows() -> Vec<(&'static str, Json)> {
    vec![
        ("User", json!({"id": 1, "email": "ada@x.io", "name": "Ada", "age": 36, "managerId": null})),
        ("User", json!({"id": 2, "email": "bob@x.io", "name": "Bob", "age": 17, "managerId": 1})),
        ("User", json!({"id": 3, "email": "cy@x.io", "name": null, "age": null, "managerId": 1})),
        ("User", json!({"id": 4, "email": "dee@x.io", "name": "Dee", "age": 52, "managerId": 2})),
        ("Profile", json!({"id": 1, "bio": "first", "userId": 1})),
        ("Profile", json!({"id": 2, "bio": "second", "userId": 4})),
        ("Post", post(1, "Alpha", "published", Some("1.5"), 10, Some(true), 1, 1)),
        ("Post", post(2, "Beta", "draft", Some("10"), 0, Some(false), 2, 1)),
        ("Post", post(3, "Gamma", "published", None, 7, None, 3, 2)),
        ("Post", post(4, "delta", "published", Some("2.25"), 7, Some(true), 4, 2)),
        ("Post", post(5, "Épsilon", "archived", Some("-3"), 1, None, 5, 4)),
        ("Tag", json!({"id": 1, "label": "rust"})),
        ("Tag", json!({"id": 2, "label": "sql"})),
        ("Tag", json!({"id": 3, "label": "unused"})),
        ("Comment", json!({"id": 1, "body": "hm", "postId": 1, "parentId": null})),
        ("Comment", json!({"id": 2, "body": "yes", "postId": 1, "parentId": 1})),
        ("Comment", json!({"id": 3, "body": "no", "postId": 3, "parentId": 1})),
        ("Comment", json!({"id": 4, "body": "loose", "postId": null, "parentId": null})),
        ("Team", json!({"org": "acme", "code": "a", "name": "Anvils"})),
        ("Team", json!({"org": "acme", "code": "b", "name": "Bells"})),
        ("Team", json!({"org": "zeta", "code": "a", "name": "Axes"})),
        ("Membership", json!({"userId": 1, "org": "acme", "code": "a", "role": "lead"})),
        ("Membership", json!({"userId": 1, "org": "zeta", "code": "a", "role": "guest"})),
        ("Membership", json!({"userId": 2, "org": "acme", "code": "a", "role": "member"})),
    ]
}

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
fn post(
    id: i64,
    title: &str,
    status: &str,
    score: Option<&str>,
    views: i64,
    pinned: Option<bool>,
    day: u8,
    author: i64,
) -> Json {
    json!({
        "id": id,
        "title": title,
        "slug": title.to_lowercase(),
        "status": status,
        "score": score,
        "views": views,
        "pinned": pinned,
        "createdAt": format!("2026-01-0{day}T00:00:00.000Z"),
        "authorId": author,
    })
}

/// (relation, local id, target ids).
const LINKS: &[(&str, i64, &[i64])] =
    &[("Post.tags", 1, &[1, 2]), ("Post.tags", 3, &[1]), ("User.liked", 2, &[1, 3]), ("User.liked", 3, &[1])];

pub(super) fn fill(kit: &Kit) {
    let build = kit.build();
    let mut steps: Vec<_> = rows().iter().map(|(model, row)| build.insert(model, row, None)).collect();
    for (path, local, targets) in LINKS {
        steps.extend(targets.iter().map(|target| build.link(path, &json!(local), &json!(target), false)));
    }
    let plan = WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() };
    if let Err(error) = kit.write(plan) {
        panic!("the rows were refused: {}", describe_error(&error));
    }
}
